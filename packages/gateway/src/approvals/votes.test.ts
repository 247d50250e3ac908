import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinAs } from '../testing/people.ts';
import { type Body, startGateway, type TestGateway } from '../testing/test-gateway.ts';

interface Person {
  readonly token: string;
  readonly memberId: string;
}

describe('an approval that two people must give', () => {
  let gateway: TestGateway;
  let owner: { token: string };
  let approver: Person;
  let another: Person;
  beforeAll(async () => {
    gateway = await startGateway();
    owner = { token: gateway.ownerToken };
    await gateway.call(owner, 'workspaces.update', { settings: { criticalApprovers: 2 } });
    [approver, another] = [await joinAs(gateway, 'approver'), await joinAs(gateway, 'approver')];
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const ask = async (risk = 'critical') => {
    const agent = await gateway.register(`agent-${crypto.randomUUID()}`);
    const request = { action: 'db.drop', parameters: { table: 'people' }, resource: 'db/main', risk };
    const { body: action } = await gateway.call(agent, 'actions.verify', request);
    const { approvalId, parametersDigest } = action;
    const answer = (who: { token: string }, decision: string, extra: Body = {}) =>
      gateway.call(who, 'approvals.decide', { approvalId, parametersDigest, decision, ...extra });
    const status = async () =>
      (await gateway.call(agent, 'actions.get', { actionId: action.actionId })).body.status;
    return { agent, action, answer, status };
  };

  it('waits after the first one and is given by the second, a different person', async () => {
    const { answer, status, action } = await ask();
    const first = await answer(approver, 'approve', { reason: 'Backed up.' });
    expect(first.body).toMatchObject({ status: 'pending', approvalsNeeded: 2, resource: 'db/main' });
    expect(first.body.votes).toMatchObject([
      { decision: 'approve', decidedBy: `member:${approver.memberId}`, reason: 'Backed up.' },
    ]);
    expect(await status()).toBe('pending');
    expect((await answer(approver, 'approve')).body.code).toBe('CONFLICT');
    expect((await answer(approver, 'deny')).body.code).toBe('CONFLICT');
    expect(await status()).toBe('pending');
    const second = await answer(another, 'approve');
    expect(second.body).toMatchObject({ status: 'approved', decidedBy: `member:${another.memberId}` });
    expect(second.body.votes).toHaveLength(2);
    expect(await status()).toBe('approved');
    const { body: log } = await gateway.call(owner, 'audit.list', { subject: action.approvalId });
    expect(log.items.map(({ event }: Body) => event)).toEqual([
      'approval.requested',
      'approval.voted',
      'approval.approved',
    ]);
  });

  it('is one person however many tokens that person has', async () => {
    const { answer } = await ask();
    const make = async () =>
      (await gateway.call(owner, 'tokens.create', { name: 'second', role: 'owner' })).body.secret;
    expect((await answer(owner, 'approve')).body.status).toBe('pending');
    expect((await answer({ token: await make() }, 'approve')).body.code).toBe('CONFLICT');
  });

  it('is ended by one denial, before or after an approval', async () => {
    const [before, after] = [await ask(), await ask()];
    expect((await before.answer(approver, 'deny', { reason: 'No.' })).body.status).toBe('denied');
    await after.answer(approver, 'approve');
    expect((await after.answer(another, 'deny')).body.status).toBe('denied');
    expect([await before.status(), await after.status()]).toEqual(['denied', 'denied']);
    expect((await after.answer(owner, 'approve')).body.code).toBe('CONFLICT');
  });

  it('counts nobody who may no longer approve', async () => {
    const { answer } = await ask();
    const [gone, demoted] = [await joinAs(gateway, 'approver'), await joinAs(gateway, 'approver')];
    for (const each of [gone, demoted]) {
      // The second of these would have been enough.
      const { memberId } = each;
      expect((await answer(each, 'approve')).body.status).toBe('pending');
      if (each === gone) await gateway.call(owner, 'members.remove', { memberId });
      else await gateway.call(owner, 'members.setRole', { memberId, role: 'auditor' });
    }
    expect((await answer(approver, 'approve')).body.status).toBe('pending');
    expect((await answer(another, 'approve')).body.status).toBe('approved');
  });

  it('comes from exactly two of many who answer at once', async () => {
    const { answer } = await ask();
    const people = [...(await Promise.all(Array.from({ length: 6 }, () => joinAs(gateway, 'approver'))))];
    const answers = await Promise.all(
      people.flatMap((each) => [answer(each, 'approve'), answer(each, 'approve')]),
    );
    const good = answers.filter(({ status }) => status === 200).map(({ body }) => body.status);
    expect(good.toSorted()).toEqual(['approved', 'pending']);
  });

  it('is one again for what is not critical', async () => {
    const { answer } = await ask('high');
    expect((await answer(approver, 'approve')).body).toMatchObject({
      status: 'approved',
      approvalsNeeded: 1,
    });
  });

  it('was asked for one and needs two once the workspace says so', async () => {
    await gateway.call(owner, 'workspaces.update', { settings: { criticalApprovers: 1 } });
    const { answer } = await ask();
    await gateway.call(owner, 'workspaces.update', { settings: { criticalApprovers: 2 } });
    expect((await answer(approver, 'approve')).body).toMatchObject({ status: 'pending', approvalsNeeded: 2 });
  });
});

describe('what an agent sees of approvals', () => {
  it('is its own alone', async () => {
    await using gateway = await startGateway();
    const [alice, bob] = [await gateway.register('alice'), await gateway.register('bob')];
    const { body: asked } = await gateway.call(alice, 'actions.verify', { action: 'jobs.fund' });
    const { approvalId, actionId } = asked;
    const { agentId } = alice;
    const seenBy = async (who: typeof alice) => [
      (await gateway.call(who, 'approvals.list')).body.items.length,
      (await gateway.call(who, 'actions.list')).body.items.length,
      (await gateway.call(who, 'approvals.get', { approvalId })).status,
      (await gateway.call(who, 'actions.get', { actionId })).status,
      (await gateway.call(who, 'approvals.list', { agentId })).status,
      (await gateway.call(who, 'actions.list', { agentId })).status,
    ];
    expect(await seenBy(alice)).toEqual([1, 1, 200, 200, 200, 200]);
    expect(await seenBy(bob)).toEqual([0, 0, 404, 404, 403, 403]);
    expect((await gateway.call(bob, 'actions.wait', { actionId })).status).toBe(404);
  });
});
