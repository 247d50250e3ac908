import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinAs } from '../testing/people.ts';
import { type Body, startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';

const OTHER_DIGEST = 'A'.repeat(43);

describe('an approved action', () => {
  let gateway: TestGateway;
  let owner: { token: string };
  beforeAll(async () => {
    gateway = await startGateway();
    owner = { token: gateway.ownerToken };
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const decided = async (decision: 'approve' | 'deny' = 'approve') => {
    const agent = await gateway.register(`agent-${crypto.randomUUID()}`);
    const { body: action } = await gateway.call(agent, 'actions.verify', {
      action: 'jobs.fund',
      parameters: { amount: '5.00' },
    });
    const { approvalId, actionId, parametersDigest } = action;
    await gateway.call(owner, 'approvals.decide', { approvalId, parametersDigest, decision });
    const call = (id: 'start' | 'complete', who: TestAgent, digest = parametersDigest) =>
      gateway.call(who, `actions.${id}`, {
        actionId,
        parametersDigest: digest,
        ...(id === 'complete' ? { outcome: 'executed' } : {}),
      });
    return { agent, action, call };
  };
  const violationsOf = async (actionId: string) => {
    const { body } = await gateway.call(owner, 'audit.list', {
      subject: actionId,
      event: 'action.violation',
    });
    return body.items.map(({ data }: Body) => [data.attempt, data.reason, data.attempts]);
  };

  it('is started once, then ended once', async () => {
    const { agent, action, call } = await decided();
    expect((await call('start', agent)).body).toMatchObject({
      status: 'running',
      receipt: { sequence: expect.any(Number) },
    });
    expect((await call('start', agent)).body).toMatchObject({
      code: 'CONFLICT',
      details: { status: 'running' },
    });
    expect((await call('complete', agent)).body.status).toBe('executed');
    expect((await call('complete', agent)).body.code).toBe('CONFLICT');
    expect((await call('start', agent)).body.code).toBe('CONFLICT');
    expect(await violationsOf(action.actionId)).toEqual([]);
  });

  it.each(['start', 'complete'] as const)('is used up by exactly one of fifty %s at once', async (id) => {
    const { agent, action, call } = await decided();
    const answers = await Promise.all(Array.from({ length: 50 }, () => call(id, agent)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'CONFLICT')).toHaveLength(49);
    const event = id === 'start' ? 'action.running' : 'action.executed';
    const { body } = await gateway.call(owner, 'audit.list', { subject: action.actionId, event });
    expect(body.items).toHaveLength(1);
  });

  it('is not used up by other parameters, and the attempt is in the log', async () => {
    const { agent, action, call } = await decided();
    for (const id of ['start', 'complete'] as const) {
      expect((await call(id, agent, OTHER_DIGEST)).body.code).toBe('CONFLICT');
    }
    // The second is counted, but it is the same again.
    expect(await violationsOf(action.actionId)).toEqual([['start', 'otherParameters', 1]]);
    expect((await call('start', agent)).status).toBe(200);
    expect((await call('complete', agent, OTHER_DIGEST)).body.code).toBe('CONFLICT');
    expect((await call('complete', agent)).status).toBe(200);
  });

  it('cannot be used by another agent, and the attempt is in the log and in the stream', async () => {
    const { action, call } = await decided();
    const thief = await gateway.register(`thief-${crypto.randomUUID()}`);
    const { body: refusal } = await call('start', thief);
    expect(refusal.code).toBe('FORBIDDEN');
    expect(refusal.details).toBeUndefined();
    expect((await call('complete', thief)).body.code).toBe('FORBIDDEN');
    expect(await violationsOf(action.actionId)).toEqual([['start', 'otherAgent', 1]]);
    const { body } = await gateway.call(owner, 'audit.list', { actor: `agent:${thief.agentId}` });
    expect(body.items.at(-1)).toMatchObject({ event: 'action.violation', subject: action.actionId });
  });

  it('that was denied tells why, cannot be run, and the attempt is in the log', async () => {
    const { agent, action, call } = await decided('deny');
    expect((await call('start', agent)).body).toMatchObject({
      code: 'CONFLICT',
      details: { status: 'denied' },
    });
    expect(await violationsOf(action.actionId)).toEqual([['start', 'denied', 1]]);
  });

  it('that somebody keeps trying writes the first, the tenth and the hundredth attempt', async () => {
    const { agent, action, call } = await decided();
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 10 }, () => call('complete', agent, OTHER_DIGEST)));
    }
    expect((await violationsOf(action.actionId)).map(([, , attempts]: Body) => attempts)).toEqual([
      1, 10, 100,
    ]);
  });
});

describe('a running action', () => {
  it('never expires, and can be ended days later', async () => {
    let nowMs = Date.now();
    await using gateway = await startGateway({
      now: () => nowMs,
      approvalTtlMs: 60_000,
      sweepIntervalMs: 10,
    });
    const agent = await gateway.register('alice');
    const [started, waiting] = await Promise.all(
      ['a.b', 'c.d'].map(
        async (action) => (await gateway.call(agent, 'actions.verify', { action, risk: 'low' })).body,
      ),
    );
    const at = async (path: string, body: object) =>
      gateway.send(
        agent,
        {
          method: 'POST',
          path,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ parametersDigest: started.parametersDigest, ...body }),
        },
        { nowMs },
      );
    expect((await at(`/v1/actions/${started.actionId}/start`, {})).status).toBe(200);
    nowMs += 5 * 86_400_000;
    // The sweep has been over both once the one that only waited has expired in the log.
    const owner = { token: gateway.ownerToken };
    await expect
      .poll(
        async () => (await gateway.call(owner, 'audit.list', { event: 'action.expired' })).body.items.length,
      )
      .toBe(1);
    const late = await at(`/v1/actions/${waiting.actionId}/start`, {});
    expect(late.body.code).toBe('EXPIRED');
    const ended = await at(`/v1/actions/${started.actionId}/complete`, { outcome: 'executed' });
    expect(ended.body.status).toBe('executed');
  });
});

describe('an approval under rules that changed', () => {
  it('is refused when they deny it now, and the action with it', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const owner = { token: gateway.ownerToken };
    const { body: action } = await gateway.call(agent, 'actions.verify', { action: 'jobs.fund' });
    const { approvalId, parametersDigest, actionId } = action;
    const cedar = `@id("stop") @reason("No more funding.")
      forbid (principal, action, resource == Operation::"jobs.fund");`;
    expect((await gateway.call(owner, 'policies.put', { cedar })).status).toBe(200);
    const answer = (decision: string) =>
      gateway.call(owner, 'approvals.decide', { approvalId, parametersDigest, decision });
    const refused = await answer('approve');
    expect(refused.body).toMatchObject({
      code: 'CONFLICT',
      detail: expect.stringContaining('No more funding.'),
    });
    expect((await gateway.call(agent, 'actions.get', { actionId })).body).toMatchObject({
      status: 'denied',
      reason: expect.stringContaining('No more funding.'),
    });
    expect((await gateway.call(owner, 'approvals.get', { approvalId })).body).toMatchObject({
      status: 'denied',
      decidedBy: 'system',
    });
    expect((await answer('approve')).body.code).toBe('CONFLICT');
  });

  const changes: [string, 'low' | 'medium' | 'high', (setting: Changing) => Promise<unknown>][] = [
    [
      'a policy forbids it now',
      'high',
      ({ gateway, owner }) => gateway.call(owner, 'policies.put', { cedar: FORBID_READS }),
    ],
    [
      'whoever approved it was removed',
      'high',
      ({ gateway, owner, approver }) =>
        gateway.call(owner, 'members.remove', { memberId: approver.memberId }),
    ],
    [
      'whoever approved it may approve no more',
      'high',
      ({ gateway, owner, approver: { memberId } }) =>
        gateway.call(owner, 'members.setRole', { memberId, role: 'auditor' }),
    ],
    [
      'the capability that let it through was revoked',
      'medium',
      ({ gateway, owner, capabilityId }) => gateway.call(owner, 'capabilities.revoke', { capabilityId }),
    ],
    [
      'the workspace rates it higher now',
      'low',
      ({ gateway, owner }) =>
        gateway.call(owner, 'workspaces.update', {
          settings: { minimumRisks: [{ action: 'db.*', risk: 'critical' }] },
        }),
    ],
  ];
  it.each(changes)('cannot be started once %s, and the action is denied', async (_, risk, change) => {
    await using gateway = await startGateway();
    const [agent, owner] = [await gateway.register('alice'), { token: gateway.ownerToken }];
    const approver = await joinAs(gateway, 'approver');
    const grant = { agentId: agent.agentId, capability: 'db.read' };
    const { body: capability } = await gateway.call(owner, 'capabilities.grant', grant);
    const ask = async () => {
      const { body: action } = await gateway.call(agent, 'actions.verify', { action: 'db.read', risk });
      const { approvalId, parametersDigest, actionId } = action;
      const answer = { approvalId, parametersDigest, decision: 'approve' };
      if (approvalId) expect((await gateway.call(approver, 'approvals.decide', answer)).status).toBe(200);
      return { actionId, parametersDigest };
    };
    const [before, after] = [await ask(), await ask()];
    expect((await gateway.call(agent, 'actions.start', before)).body.status).toBe('running');
    await change({ gateway, owner, approver, capabilityId: capability.capabilityId });
    expect((await gateway.call(agent, 'actions.start', after)).body).toMatchObject({
      code: 'CONFLICT',
      details: { status: 'denied' },
    });
    expect((await gateway.call(agent, 'actions.get', { actionId: after.actionId })).body.status).toBe(
      'denied',
    );
    // What is running already is not taken back: only its agent knows how it ended.
    const report = { ...before, outcome: 'executed' };
    expect((await gateway.call(agent, 'actions.complete', report)).body.status).toBe('executed');
  });
});

const FORBID_READS = '@id("stop") forbid (principal, action, resource == Operation::"db.read");';

interface Changing {
  readonly gateway: TestGateway;
  readonly owner: { readonly token: string };
  readonly approver: { readonly memberId: string };
  readonly capabilityId: string;
}
