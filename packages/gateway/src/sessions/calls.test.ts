import { describe, expect, it } from 'vitest';
import { connectRaw } from '../testing/session-client.ts';
import { startGateway } from '../testing/test-gateway.ts';

describe('a call over a session', () => {
  it('answers as HTTP does, for the caller of the session', async () => {
    await using gateway = await startGateway();
    const { signer, agentId } = await gateway.register('worker');
    await using session = await connectRaw(gateway.url, { proof: { signer } });
    expect(await session.call('agents.get', { agentId })).toMatchObject({ name: 'worker' });
    const action = await session.call('actions.verify', { action: 'db.read', risk: 'low' });
    expect(action).toMatchObject({ agentId, status: 'approved' });
    const overHttp = await gateway.call({ signer }, 'actions.get', { actionId: action.actionId });
    expect(overHttp.body).toEqual(await session.call('actions.get', { actionId: action.actionId }));
  });

  it('sees its own workspace only', async () => {
    await using gateway = await startGateway();
    const { ownerToken } = await gateway.gateway.createWorkspace('other');
    const { agentId } = await gateway.register('worker');
    await using session = await connectRaw(gateway.url, {
      proof: { token: ownerToken },
      principal: { type: 'user' },
    });
    await expect(session.call('agents.get', { agentId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await session.call('agents.list')).toEqual({ items: [] });
  });

  it.each([
    ['an unknown operation', 'agents.explode', {}, 'UNSUPPORTED'],
    ['a prototype as its operation', '__proto__', {}, 'UNSUPPORTED'],
    ['a stream', 'events.stream', {}, 'UNSUPPORTED'],
    ['an input that does not fit', 'agents.get', { agentId: 7 }, 'VALIDATION_FAILED'],
    ['what only owners may do', 'tokens.list', {}, 'FORBIDDEN'],
  ])('refuses %s, and goes on', async (_, op, input, code) => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    await using session = await connectRaw(gateway.url, { proof });
    await expect(session.call(op, input)).rejects.toMatchObject({ code });
    expect(await session.call('gateway.getInfo')).toMatchObject({ name: 'bonafide-gateway' });
  });

  it('runs once for one idempotency key', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    await using session = await connectRaw(gateway.url, { proof });
    const input = { action: 'db.read', risk: 'low' };
    const [first, second] = [
      await session.call('actions.verify', input, 'key-1'),
      await session.call('actions.verify', input, 'key-1'),
    ];
    expect(second).toEqual(first);
    await expect(
      session.call('actions.verify', { ...input, action: 'db.write' }, 'key-1'),
    ).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
  });

  it('goes by the role of now, for reading as well', async () => {
    await using gateway = await startGateway();
    const owner = { token: gateway.ownerToken };
    const { body: invited } = await gateway.call(owner, 'members.invite', { name: 'Ada', role: 'owner' });
    const { body: joined } = await gateway.call({}, 'members.join', { invitation: invited.invitation });
    const proof = { token: joined.token.secret };
    await using session = await connectRaw(gateway.url, { proof, principal: { type: 'user' } });
    expect(await session.call('tokens.list')).toHaveProperty('items');
    await gateway.call(owner, 'members.setRole', { memberId: invited.memberId, role: 'member' });
    await expect(session.call('tokens.list')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await gateway.call(owner, 'members.remove', { memberId: invited.memberId });
    expect((await session.ended).problem.code).toBe('REVOKED');
  });

  it('cannot change anything once another session has its address', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    await using first = await connectRaw(gateway.url, { proof });
    // Both at once: the takeover is committed first, the call of the predecessor after it.
    const second = connectRaw(gateway.url, { proof, takeOver: true });
    const outcomes: string[] = [];
    const spam = async () => {
      for (;;) await first.call('actions.verify', { action: 'db.read', risk: 'low' });
    };
    await spam().catch((error: { code?: string }) => outcomes.push(error.code ?? 'closed'));
    await using holder = await second;
    expect(holder.welcome.epoch).toBe(2);
    expect(outcomes).toEqual(['CONFLICT']);
  });

  it('is limited in rate like any other', async () => {
    await using gateway = await startGateway({ rateLimit: { perSecond: 0.001, burst: 5 } });
    const proof = await gateway.register('worker');
    await using session = await connectRaw(gateway.url, { proof });
    const calls = Array.from({ length: 10 }, () => session.call('gateway.getInfo'));
    const failed = (await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected');
    expect(failed.length).toBeGreaterThan(0);
    expect(failed[0]).toMatchObject({
      reason: { code: 'RATE_LIMITED', details: { retryAfterMs: expect.anything() } },
    });
  });

  it('with a number that is under way is refused', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    await using session = await connectRaw(gateway.url, { proof });
    session.send({ t: 'open', n: 1, op: 'events.stream', credit: 0 }, {});
    session.send({ t: 'call', n: 1, op: 'gateway.getInfo' }, {});
    const { frame } = await session.next('problem');
    expect(frame).toMatchObject({ n: 1, problem: { code: 'VALIDATION_FAILED' } });
  });
});

describe('a stream over a session', () => {
  it('sends as many items as there is credit for, then the rest', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    await using session = await connectRaw(gateway.url, { proof });
    for (const name of ['one', 'two', 'three']) await gateway.register(name);
    session.send(
      { t: 'open', n: 100, op: 'events.stream', cursor: '0', credit: 2 },
      { types: ['agent.registered'] },
    );
    const first = await session.next('item');
    await session.next('item');
    expect(first.body).toMatchObject({ type: 'agent.registered' });
    expect(first.frame.id).toBe(first.body.id);
    // Another call comes back, so what was not sent by now is not on its way.
    await session.call('gateway.getInfo');
    expect(session.received.filter(({ frame }) => frame.t === 'item')).toHaveLength(2);
    session.send({ t: 'more', n: 100, count: 2 });
    await session.next('item');
    await session.next('item');
    session.send({ t: 'cancel', n: 100 });
    await session.next('end');
  });

  it('is refused as a whole when its operation is none', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    await using session = await connectRaw(gateway.url, { proof });
    session.send({ t: 'open', n: 5, op: 'agents.list', credit: 1 }, {});
    expect((await session.next('problem')).frame).toMatchObject({ n: 5, problem: { code: 'UNSUPPORTED' } });
  });
});
