import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';

let gateway: TestGateway;
let owner: { token: string };
beforeAll(async () => {
  gateway = await startGateway();
  owner = { token: gateway.ownerToken };
});
afterAll(() => gateway[Symbol.asyncDispose]());

let agents = 0;
const newAgent = (extra: Body = {}) => gateway.register(`agent-${agents++}`, extra);
const verify = async (agent: TestAgent, action: string, more: object = {}) =>
  (await gateway.call(agent, 'actions.verify', { action, ...more })).body;
const request = (agent: TestAgent, capability: string, more: object = {}) =>
  gateway.call(agent, 'capabilities.request', { capability, reason: 'Nightly synchronisation.', ...more });
const grant = (agent: TestAgent, capability: string, more: object = {}) =>
  gateway.call(owner, 'capabilities.grant', { agentId: agent.agentId, capability, ...more });

describe('a capability', () => {
  it('is never had by declaring it', async () => {
    const agent = await newAgent({ capabilities: ['crm.write'] });
    expect(await verify(agent, 'crm.write')).toMatchObject({ status: 'pending', rule: 'default.medium' });
  });

  it('is asked for, granted, used, revoked and asked for again', async () => {
    const agent = await newAgent();
    const { body: asked } = await request(agent, 'CRM.*');
    expect(asked).toMatchObject({ status: 'requested', agentId: agent.agentId });
    expect((await verify(agent, 'crm.write')).status).toBe('pending');
    const { capabilityId } = asked;
    const { body: granted } = await gateway.call(owner, 'capabilities.decide', {
      capabilityId,
      decision: 'grant',
    });
    expect(granted).toMatchObject({
      status: 'granted',
      decidedBy: expect.stringMatching(/^(token|member):/),
    });
    expect(await verify(agent, 'Crm.Write')).toMatchObject({ status: 'approved', rule: 'default.medium' });
    expect((await verify(agent, 'mail.send')).status).toBe('pending');
    const revoked = await gateway.call(owner, 'capabilities.revoke', { capabilityId, reason: 'Rotation.' });
    expect(revoked.body).toMatchObject({ status: 'revoked', decisionReason: 'Rotation.' });
    expect((await gateway.call(owner, 'capabilities.revoke', { capabilityId })).status).toBe(200);
    expect((await verify(agent, 'crm.write')).status).toBe('pending');
    expect((await request(agent, 'crm.*')).status).toBe(200);
  });

  it('is denied with a reason that reaches the agent, once', async () => {
    const agent = await newAgent();
    const { capabilityId } = (await request(agent, 'bank.*')).body;
    const answer = (decision: string) =>
      gateway.call(owner, 'capabilities.decide', { capabilityId, decision, reason: 'Not for this one.' });
    expect((await answer('deny')).body.status).toBe('denied');
    expect((await answer('grant')).status).toBe(409);
    const { items } = (await gateway.call(agent, 'capabilities.list')).body;
    expect(items).toEqual([
      expect.objectContaining({ status: 'denied', decisionReason: 'Not for this one.' }),
    ]);
    const events = (await gateway.call(owner, 'audit.list', { subject: capabilityId })).body.items;
    expect(events.map(({ event }: Body) => event)).toEqual(['capability.requested', 'capability.denied']);
  });

  it('never covers high or critical risk', async () => {
    const agent = await newAgent();
    await grant(agent, '*');
    expect((await verify(agent, 'db.delete_user')).status).toBe('pending');
    expect((await verify(agent, 'crm.write', { risk: 'critical' })).status).toBe('pending');
  });

  it('covers only the resources it names', async () => {
    const agent = await newAgent();
    await grant(agent, 'crm.write', { resource: 'tenant/eu-*' });
    const status = async (resource?: string) => (await verify(agent, 'crm.write', { resource })).status;
    expect([await status('tenant/eu-1'), await status('tenant/us-1'), await status()]).toEqual([
      ...['approved', 'pending', 'pending'],
    ]);
  });

  it.each([
    ...['srv/public/a', 'SRV/Public/a', 'srv/Public/../private/a', 'srv/Public/x\\..\\..\\private'],
    ...['srv/Public/%2E%2e/private', 'srv/Public/..', 'srv/Public'],
  ])('for srv/Public/* does not cover %s', async (resource) => {
    const agent = await newAgent();
    await grant(agent, 'files.read', { resource: 'srv/Public/*' });
    const request = { resource, risk: 'medium' };
    expect((await verify(agent, 'files.read', request)).status).toBe('pending');
    const within = { resource: 'srv/Public/a..b/..c', risk: 'medium' };
    expect((await verify(agent, 'files.read', within)).status).toBe('approved');
  });

  it('ends when its time is over, before and after the sweep wrote it', async () => {
    const clock = { nowMs: Date.now() };
    await using timed = await startGateway({ now: () => clock.nowMs, sweepIntervalMs: 10 });
    const [people, agent] = [{ token: timed.ownerToken }, await timed.register('alice')];
    const expiresAt = new Date(clock.nowMs + 60_000).toISOString();
    const input = { agentId: agent.agentId, capability: 'crm.*', expiresAt };
    const { capabilityId } = (await timed.call(people, 'capabilities.grant', input)).body;
    expect((await timed.call(agent, 'actions.verify', { action: 'crm.write' })).body.status).toBe('approved');
    clock.nowMs += 60_001;
    expect((await timed.call(people, 'capabilities.list', { status: 'granted' })).body.items).toEqual([]);
    expect((await timed.call(people, 'capabilities.list', { status: 'expired' })).body.items).toHaveLength(1);
    const events = async () =>
      (await timed.call(people, 'audit.list', { subject: capabilityId })).body.items.map(
        ({ event }: Body) => event,
      );
    await expect.poll(events).toEqual(['capability.granted', 'capability.expired']);
    expect((await timed.call(people, 'capabilities.grant', input)).status).toBe(400);
  });
});

describe('capabilities.request', () => {
  it('refuses what is asked for or granted already', async () => {
    const agent = await newAgent();
    const { body: asked } = await request(agent, 'crm.*');
    const again = await request(agent, 'CRM.*');
    expect([again.status, again.body.details]).toEqual([409, { capabilityId: asked.capabilityId }]);
    await grant(agent, 'crm.*');
    expect((await request(agent, 'crm.*')).body.detail).toContain('granted already');
    expect((await request(agent, 'crm.*', { resource: 'one' })).status).toBe(200);
  });

  it('is bounded, and for agents alone', async () => {
    const agent = await newAgent();
    const answers = [];
    for (let index = 0; index < 21; index++) answers.push((await request(agent, `crm.${index}`)).status);
    expect(answers).toEqual([...Array(20).fill(200), 409]);
    expect(
      (await gateway.call(owner, 'capabilities.request', { capability: 'a', reason: 'I would like it.' }))
        .status,
    ).toBe(403);
  });
});

describe('capabilities.grant', () => {
  it('answers the request there is, and the same again with the same grant', async () => {
    const agent = await newAgent();
    const { capabilityId } = (await request(agent, 'crm.*')).body;
    const first = await grant(agent, 'crm.*');
    expect(first.body).toMatchObject({ capabilityId, status: 'granted' });
    expect((await grant(agent, 'Crm.*')).body).toEqual(first.body);
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    expect((await grant(agent, 'crm.*', { expiresAt })).body).toMatchObject({ capabilityId, expiresAt });
  });

  it('is refused for agents that are revoked, unknown or of others, and for nobody but people', async () => {
    const agent = await newAgent();
    expect(
      (await gateway.call(agent, 'capabilities.grant', { agentId: agent.agentId, capability: '*' })).status,
    ).toBe(403);
    const { ownerToken } = await gateway.gateway.createWorkspace('rival');
    const rival = { token: ownerToken };
    expect(
      (await gateway.call(rival, 'capabilities.grant', { agentId: agent.agentId, capability: '*' })).status,
    ).toBe(404);
    const { capabilityId } = (await grant(agent, 'crm.*')).body;
    for (const call of [
      gateway.call(rival, 'capabilities.revoke', { capabilityId }),
      gateway.call(rival, 'capabilities.decide', { capabilityId, decision: 'deny' }),
    ]) {
      expect((await call).status).toBe(404);
    }
    expect((await gateway.call(rival, 'capabilities.list')).body.items).toEqual([]);
    await gateway.call(owner, 'agents.revoke', { agentId: agent.agentId, reason: 'Gone.' });
    expect((await grant(agent, 'mail.*')).status).toBe(409);
  });
});

describe('capabilities.list', () => {
  it('shows an agent its own, and people all, page by page', async () => {
    const [alice, bob] = [await newAgent(), await newAgent()];
    for (const capability of ['a.*', 'b.*', 'c.*']) await grant(alice, capability);
    await grant(bob, 'd.*');
    const ofBob = (await gateway.call(bob, 'capabilities.list')).body.items;
    expect(ofBob.map(({ capability }: Body) => capability)).toEqual(['d.*']);
    expect((await gateway.call(bob, 'capabilities.list', { agentId: alice.agentId })).status).toBe(403);
    const page = { agentId: alice.agentId, limit: 2 };
    const first = (await gateway.call(owner, 'capabilities.list', page)).body;
    const second = (await gateway.call(owner, 'capabilities.list', { ...page, cursor: first.nextCursor }))
      .body;
    expect([...first.items, ...second.items].map(({ capability }: Body) => capability)).toEqual([
      'c.*',
      'b.*',
      'a.*',
    ]);
  });
});
