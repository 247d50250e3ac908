import { describe, expect, it } from 'vitest';
import { openStream } from '../testing/event-stream.ts';
import { type Sender, startGateway } from '../testing/test-gateway.ts';

describe('events.stream', () => {
  it('sends what happens from now on, and resumes by Last-Event-ID without loss or repetition', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    await using first = await openStream(gateway, { sender: agent, path: '/v1/events' });
    await gateway.call(agent, 'actions.verify', { action: 'a.b', risk: 'low' });
    const seen = await first.next();
    expect(seen?.data).toMatchObject({
      specversion: '1.0',
      type: 'action.approved',
      source: gateway.gateway.did,
      id: seen?.id,
    });
    expect(JSON.stringify(seen?.data)).not.toContain('"parameters"');
    await first[Symbol.asyncDispose]();
    for (const action of ['a.c', 'a.d', 'a.e'])
      await gateway.call(agent, 'actions.verify', { action, risk: 'low' });
    await using second = await openStream(gateway, {
      sender: agent,
      path: '/v1/events',
      lastEventId: seen?.id ?? '',
    });
    const rest = [await second.next(), await second.next(), await second.next()];
    expect(rest.map((frame) => frame?.data.data.action)).toEqual(['a.c', 'a.d', 'a.e']);
  });

  it('filters by type, prefix and subject, and shows no other workspace', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const { ownerToken } = await gateway.gateway.createWorkspace('rival');
    const open = (query: string, sender: Sender = agent) =>
      openStream(gateway, { sender, path: `/v1/events?cursor=0&${query}` });
    const { body } = await gateway.call(agent, 'actions.verify', { action: 'jobs.fund' });
    await using exact = await open('types=approval.requested');
    await using prefix = await open('types=nothing.*&types=action.*');
    await using subject = await open(`subject=${body.approvalId}`);
    await using rival = await open('', { token: ownerToken });
    expect((await exact.next())?.data.type).toBe('approval.requested');
    expect((await prefix.next())?.data.type).toBe('action.pending');
    expect((await subject.next())?.data.subject).toBe(body.approvalId);
    expect((await rival.next())?.data).toMatchObject({
      type: 'token.created',
      data: { name: 'first owner' },
    });
    await gateway.gateway.createWorkspace('third');
    await gateway.call({ token: ownerToken }, 'tokens.create', { name: 'mine', role: 'reader' });
    expect((await rival.next())?.data.data.name).toBe('mine');
  });

  it.each(['999999999', 'not-a-cursor', '-1'])(
    'answers the unknown cursor %s with a reset, then goes on',
    async (cursor) => {
      await using gateway = await startGateway();
      const agent = await gateway.register('alice');
      await using stream = await openStream(gateway, {
        sender: agent,
        path: '/v1/events',
        lastEventId: cursor,
      });
      expect(await stream.next()).toMatchObject({ event: 'reset', data: { oldest: '0' } });
      expect((await stream.next())?.data.type).toBe('agent.registered');
    },
  );

  it('answers a cursor older than retention with a reset to the oldest kept', async () => {
    let nowMs = Date.now();
    await using gateway = await startGateway({
      now: () => nowMs,
      eventRetentionMs: 1000,
      sweepIntervalMs: 5,
    });
    const owner = { token: gateway.ownerToken };
    await gateway.call(owner, 'tokens.create', { name: 'old', role: 'reader' });
    nowMs += 60_000;
    await gateway.call(owner, 'tokens.create', { name: 'new', role: 'reader' });
    const first = async () => {
      await using stream = await openStream(gateway, { sender: owner, path: '/v1/events?cursor=0' });
      return (await stream.next())?.event;
    };
    await expect.poll(first, { timeout: 4000 }).toBe('reset');
    await using stream = await openStream(gateway, { sender: owner, path: '/v1/events?cursor=0' });
    expect(await stream.next()).toMatchObject({ event: 'reset', data: { oldest: '2' } });
    expect((await stream.next())?.data.data.name).toBe('new');
  });

  it('shows that it is alive while nothing happens', async () => {
    await using gateway = await startGateway({ heartbeatMs: 10 });
    const agent = await gateway.register('alice');
    await using stream = await openStream(gateway, { sender: agent, path: '/v1/events' });
    await stream.heartbeat();
    await stream.heartbeat();
  });

  it('ends with the reason when the reader is revoked', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    await using stream = await openStream(gateway, { sender: agent, path: '/v1/events' });
    await gateway.call({ token: gateway.ownerToken }, 'agents.revoke', {
      agentId: agent.agentId,
      reason: 'stolen',
    });
    expect(await stream.next()).toMatchObject({ event: 'error', data: { code: 'REVOKED', status: 401 } });
    expect(await stream.next()).toBeUndefined();
  });
});

describe('actions.wait', () => {
  it('sends the action now and when it is decided, then ends', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const { body } = await gateway.call(agent, 'actions.verify', { action: 'jobs.fund' });
    await using stream = await openStream(gateway, {
      sender: agent,
      path: `/v1/actions/${body.actionId}/wait`,
    });
    expect((await stream.next())?.data.status).toBe('pending');
    const { approvalId, parametersDigest } = body;
    await gateway.call({ token: gateway.ownerToken }, 'approvals.decide', {
      approvalId,
      parametersDigest,
      decision: 'deny',
      reason: 'No.',
    });
    expect((await stream.next())?.data).toMatchObject({ status: 'denied', reason: 'No.' });
    expect((await stream.next())?.event).toBe('end');
    expect(await stream.next()).toBeUndefined();
  });

  it('is refused before it opens when there is no such action', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    await using stream = await openStream(gateway, {
      sender: agent,
      path: `/v1/actions/${crypto.randomUUID()}/wait`,
    });
    expect(stream.response.status).toBe(404);
    expect(stream.response.headers.get('content-type')).toBe('application/problem+json');
  });
});

describe('approvals.watch', () => {
  it('sends what is pending, then each change, and resumes', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const owner = { token: gateway.ownerToken };
    const ask = async () => (await gateway.call(agent, 'actions.verify', { action: 'jobs.fund' })).body;
    const before = await ask();
    await using stream = await openStream(gateway, { sender: owner, path: '/v1/approvals/watch' });
    expect((await stream.next())?.data).toMatchObject({ approvalId: before.approvalId, status: 'pending' });
    const { approvalId, parametersDigest } = await ask();
    const asked = await stream.next();
    expect(asked?.data.approvalId).toBe(approvalId);
    await gateway.call(owner, 'approvals.decide', { approvalId, parametersDigest, decision: 'approve' });
    expect((await stream.next())?.data).toMatchObject({ approvalId, status: 'approved' });
    await using resumed = await openStream(gateway, {
      sender: owner,
      path: '/v1/approvals/watch',
      lastEventId: asked?.id ?? '',
    });
    expect((await resumed.next())?.data).toMatchObject({ approvalId, status: 'approved' });
  });
});

describe('fetch in process', () => {
  it('answers and streams without a port', async () => {
    await using gateway = await startGateway();
    const headers = { authorization: `Bearer ${gateway.ownerToken}` };
    const abort = new AbortController();
    const response = await gateway.gateway.fetch(
      new Request(`${gateway.url}/v1/events?cursor=0`, { headers, signal: abort.signal }),
    );
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toContain('token.created');
    abort.abort();
  });
});
