import { describe, expect, it } from 'vitest';
import { startGateway } from '../testing/test-gateway.ts';

const key = { 'idempotency-key': 'order-1' };

describe('an idempotency key', () => {
  it('replays the answer to the same request, marked, and does nothing again', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const first = await gateway.call(agent, 'actions.verify', { action: 'a.b' }, key);
    const second = await gateway.call(agent, 'actions.verify', { action: 'a.b' }, key);
    expect(second.body).toEqual(first.body);
    expect([first, second].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true']);
    expect((await gateway.call(agent, 'actions.list')).body.items).toHaveLength(1);
  });

  it('is refused for another body or another operation', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    await gateway.call(agent, 'actions.verify', { action: 'a.b' }, key);
    const other = await gateway.call(agent, 'actions.verify', { action: 'a.c' }, key);
    const elsewhere = await gateway.call(agent, 'actions.log', { action: 'a.b', outcome: 'executed' }, key);
    expect([other.body.code, elsewhere.body.code]).toEqual(['IDEMPOTENCY_MISMATCH', 'IDEMPOTENCY_MISMATCH']);
  });

  it('belongs to its principal', async () => {
    await using gateway = await startGateway();
    const [alice, bob] = [await gateway.register('alice'), await gateway.register('bob')];
    const { body: first } = await gateway.call(alice, 'actions.verify', { action: 'a.b' }, key);
    const { body: second } = await gateway.call(bob, 'actions.verify', { action: 'a.b' }, key);
    expect(second.actionId).not.toBe(first.actionId);
  });

  it('runs once however many copies come at the same time', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => gateway.call(agent, 'actions.verify', { action: 'a.b' }, key)),
    );
    const statuses = new Set(answers.map(({ status, body }) => (status === 200 ? 'done' : body.code)));
    expect(statuses).toContain('done');
    expect([...statuses].every((each) => each === 'done' || each === 'IN_PROGRESS')).toBe(true);
    expect((await gateway.call(agent, 'actions.list')).body.items).toHaveLength(1);
  });

  it('is remembered over a restart', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const first = await gateway.call(agent, 'actions.verify', { action: 'a.b' }, key);
    await using restarted = await gateway.restart();
    const second = await restarted.call(agent, 'actions.verify', { action: 'a.b' }, key);
    expect(second.body).toEqual(first.body);
  });

  it('is free again after a refusal, which wrote nothing', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const { body: asked } = await gateway.call(agent, 'actions.verify', { action: 'jobs.fund' });
    const answer = { approvalId: asked.approvalId, decision: 'approve', parametersDigest: 'wrong' };
    const owner = { token: gateway.ownerToken };
    expect((await gateway.call(owner, 'approvals.decide', answer, key)).body.code).toBe('CONFLICT');
    const right = { ...answer, parametersDigest: asked.parametersDigest };
    expect((await gateway.call(owner, 'approvals.decide', right, key)).status).toBe(200);
  });

  it('never stores the secret of a token', async () => {
    await using gateway = await startGateway();
    const owner = { token: gateway.ownerToken };
    const input = { name: 'ci', role: 'reader' };
    const first = await gateway.call(owner, 'tokens.create', input, key);
    const second = await gateway.call(owner, 'tokens.create', input, key);
    expect(first.body.secret).toMatch(/^bft_/);
    expect(second.body.code).toBe('CONFLICT');
    expect((await gateway.call(owner, 'tokens.list')).body.items).toHaveLength(2);
  });

  it.each(['', 'a b', 'x'.repeat(256)])('%j is refused', async (bad) => {
    await using gateway = await startGateway();
    const { status } = await gateway.call(
      { token: gateway.ownerToken },
      'tokens.create',
      { name: 'a', role: 'reader' },
      { 'idempotency-key': bad },
    );
    expect(status).toBe(400);
  });
});
