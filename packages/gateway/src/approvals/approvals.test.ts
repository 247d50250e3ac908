import { describe, expect, it } from 'vitest';
import { type Body, startGateway, type TestGateway } from '../testing/test-gateway.ts';

async function pending(gateway: TestGateway, parameters: Body = { amount: '5.00' }) {
  const agent = await gateway.register(`agent-${crypto.randomUUID()}`);
  const { body: action } = await gateway.call(agent, 'actions.verify', { action: 'jobs.fund', parameters });
  return { agent, action, owner: { token: gateway.ownerToken } };
}

const answerTo = ({ approvalId, parametersDigest }: Body, decision = 'approve') => ({
  approvalId,
  parametersDigest,
  decision,
});

describe('an approval', () => {
  it('shows exactly what will run, and lets it run once', async () => {
    await using gateway = await startGateway();
    const { agent, action, owner } = await pending(gateway);
    const { body: shown } = await gateway.call(owner, 'approvals.get', { approvalId: action.approvalId });
    expect(shown).toMatchObject({
      status: 'pending',
      parameters: { amount: '5.00' },
      risk: 'high',
      agentId: agent.agentId,
    });
    const { body: decided } = await gateway.call(owner, 'approvals.decide', answerTo(shown));
    expect(decided).toMatchObject({ status: 'approved', decidedBy: expect.stringMatching(/^member:/) });
    const { actionId, parametersDigest } = action;
    const complete = () =>
      gateway.call(agent, 'actions.complete', {
        actionId,
        parametersDigest,
        outcome: 'executed',
        result: { tx: 1 },
      });
    expect((await complete()).body).toMatchObject({ status: 'executed', result: { tx: 1 } });
    expect((await complete()).body.code).toBe('CONFLICT');
    const { body: audit } = await gateway.call(owner, 'audit.list', { subject: actionId });
    expect(audit.items.map((entry: Body) => entry.event)).toEqual([
      'action.pending',
      'action.approved',
      'action.executed',
    ]);
  });

  it('is decided by exactly one of fifty who answer at once', async () => {
    await using gateway = await startGateway();
    const { action, owner } = await pending(gateway);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        gateway.call(owner, 'approvals.decide', answerTo(action, index % 2 === 0 ? 'approve' : 'deny')),
      ),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'CONFLICT')).toHaveLength(49);
    const { body: after } = await gateway.call(owner, 'actions.get', { actionId: action.actionId });
    expect(after.status).toBe(won[0]?.body.status);
  });

  it('is used up by exactly one of fifty who complete at once', async () => {
    await using gateway = await startGateway();
    const { agent, action, owner } = await pending(gateway);
    await gateway.call(owner, 'approvals.decide', answerTo(action));
    const { actionId, parametersDigest } = action;
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const { status } = await gateway.call(agent, 'actions.complete', {
          actionId,
          parametersDigest,
          outcome: 'executed',
        });
        return status;
      }),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(49);
  });

  it('is not given for other parameters than those shown, and a mismatch does not use it up', async () => {
    await using gateway = await startGateway();
    const { agent, action, owner } = await pending(gateway);
    const wrong = { ...answerTo(action), parametersDigest: 'A'.repeat(43) };
    expect((await gateway.call(owner, 'approvals.decide', wrong)).body.code).toBe('CONFLICT');
    await gateway.call(owner, 'approvals.decide', answerTo(action));
    const report = { actionId: action.actionId, outcome: 'executed' };
    const mismatch = await gateway.call(agent, 'actions.complete', {
      ...report,
      parametersDigest: 'A'.repeat(43),
    });
    const match = await gateway.call(agent, 'actions.complete', {
      ...report,
      parametersDigest: action.parametersDigest,
    });
    expect([mismatch.body.code, match.status]).toEqual(['CONFLICT', 200]);
  });

  it('that is denied tells the agent why, and cannot be completed', async () => {
    await using gateway = await startGateway();
    const { agent, action, owner } = await pending(gateway);
    await gateway.call(owner, 'approvals.decide', { ...answerTo(action, 'deny'), reason: 'Too expensive.' });
    const { actionId, parametersDigest } = action;
    expect((await gateway.call(agent, 'actions.get', { actionId })).body).toMatchObject({
      status: 'denied',
      reason: 'Too expensive.',
    });
    const completed = await gateway.call(agent, 'actions.complete', {
      actionId,
      parametersDigest,
      outcome: 'executed',
    });
    expect(completed.body.code).toBe('CONFLICT');
  });

  it('expires, at once for readers and then in the log, and cannot be answered afterwards', async () => {
    let nowMs = Date.now();
    await using gateway = await startGateway({
      now: () => nowMs,
      approvalTtlMs: 60_000,
      sweepIntervalMs: 10,
    });
    const { agent, action, owner } = await pending(gateway);
    nowMs += 60_001;
    const late = await gateway.call(owner, 'approvals.decide', answerTo(action));
    expect(['EXPIRED', 'CONFLICT']).toContain(late.body.code);
    const { body: shown } = await gateway.send(
      agent,
      { method: 'GET', path: `/v1/approvals/${action.approvalId}` },
      { nowMs },
    );
    expect(shown.status).toBe('expired');
    await expect
      .poll(async () => {
        const { body } = await gateway.call(owner, 'audit.list', { event: 'approval.expired' });
        return body.items.map((entry: Body) => [entry.actor, entry.subject]);
      })
      .toEqual([['system', action.approvalId]]);
  });

  it('that was given but not used expires as well', async () => {
    let nowMs = Date.now();
    await using gateway = await startGateway({
      now: () => nowMs,
      approvalTtlMs: 60_000,
      sweepIntervalMs: 1_000_000,
    });
    const { agent, action, owner } = await pending(gateway);
    await gateway.call(owner, 'approvals.decide', answerTo(action));
    nowMs += 60_001;
    const body = JSON.stringify({ parametersDigest: action.parametersDigest, outcome: 'executed' });
    const request = {
      method: 'POST',
      path: `/v1/actions/${action.actionId}/complete`,
      headers: { 'content-type': 'application/json' },
      body,
    };
    expect((await gateway.send(agent, request, { nowMs })).body.code).toBe('EXPIRED');
  });

  it('is never answered by an agent, whoever asked', async () => {
    await using gateway = await startGateway();
    const { agent, action } = await pending(gateway);
    const other = await gateway.register('other');
    for (const each of [agent, other]) {
      expect((await gateway.call(each, 'approvals.decide', answerTo(action))).body.code).toBe('FORBIDDEN');
    }
  });

  it('is used only by the agent that asked', async () => {
    await using gateway = await startGateway();
    const { action, owner } = await pending(gateway);
    const other = await gateway.register('other');
    await gateway.call(owner, 'approvals.decide', answerTo(action));
    const { actionId, parametersDigest } = action;
    for (const each of [other, owner]) {
      const { body } = await gateway.call(each, 'actions.complete', {
        actionId,
        parametersDigest,
        outcome: 'executed',
      });
      expect(body.code).toBe('FORBIDDEN');
    }
  });

  it('is not dodged by logging the action afterwards at a lower risk than its own', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const log = async (action: string, risk: string) =>
      (await gateway.call(agent, 'actions.log', { action, risk, outcome: 'executed' })).body.risk;
    expect([await log('jobs.fund', 'low'), await log('a.b', 'critical')]).toEqual(['high', 'critical']);
  });
});

describe('the queue of an agent', () => {
  it('ends at 500 open questions, the next of which is put when one was answered', async () => {
    await using gateway = await startGateway();
    const { agent, owner, action } = await pending(gateway);
    const ask = (risk = 'high') =>
      gateway.call(agent, 'actions.verify', { action: 'reports.read', risk, parameters: {} });
    const asked = await Promise.all(Array.from({ length: 520 }, () => ask()));
    expect(asked.filter(({ status }) => status === 200)).toHaveLength(499);
    expect(asked.filter(({ body }) => body.code === 'RATE_LIMITED')).toHaveLength(21);
    // What needs nobody runs on, and so does everybody else.
    expect((await ask('low')).body.status).toBe('approved');
    expect((await pending(gateway)).action.status).toBe('pending');
    expect((await gateway.call(owner, 'approvals.decide', answerTo(action, 'deny'))).status).toBe(200);
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 429]);
  }, 30_000);
});
