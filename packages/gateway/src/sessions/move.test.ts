import { describe, expect, it } from 'vitest';
import { connectRaw } from '../testing/session-client.ts';
import { type Body, startGateway, type TestGateway } from '../testing/test-gateway.ts';

async function open(gateway: TestGateway) {
  const proof = await gateway.register('worker');
  const { ownerToken } = await gateway.gateway.createWorkspace('other');
  const other = { token: ownerToken };
  const rule = {
    ...{ principalType: 'agent', principalId: 'ag::default::worker::default', level: 10 },
    ...{ resourceType: 'workspace', resourceId: 'other' },
  };
  const admit = async (): Promise<Body> => {
    const { status, body } = await gateway.call(other, 'acl.createRule', rule);
    expect([status, body.detail]).toEqual([200, undefined]);
    return body;
  };
  return { proof, other, admit };
}

describe('moving to another workspace', () => {
  it('is refused without a rule that lets one in, and without a session', async () => {
    await using gateway = await startGateway();
    const { proof } = await open(gateway);
    await using session = await connectRaw(gateway.url, { proof });
    const move = session.call('workspaces.switch', { workspace: 'other' });
    await expect(move).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const nowhere = session.call('workspaces.switch', { workspace: 'nowhere' });
    await expect(nowhere).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect((await gateway.call(proof, 'workspaces.switch', { workspace: 'other' })).body.code).toBe(
      'UNSUPPORTED',
    );
  });

  it('gives the address there and the configuration of there, and all else stays at home', async () => {
    await using gateway = await startGateway();
    const { proof, other, admit } = await open(gateway);
    await admit();
    await using session = await connectRaw(gateway.url, { proof });
    const moved = await session.call('workspaces.switch', { workspace: 'other' });
    expect(moved).toEqual({ address: 'ag::other::worker::default', workspace: 'other', epoch: 1 });
    expect((await session.next('config')).frame.config).toMatchObject({
      workspace: 'other',
      tenant: 'other',
    });
    expect(await session.call('agents.get', { agentId: proof.agentId })).toMatchObject({ name: 'worker' });
    const { body } = await gateway.call(other, 'connections.list');
    expect(body.items).toMatchObject([{ address: 'ag::other::worker::default', workspace: 'other' }]);
    const owner = { token: gateway.ownerToken };
    expect((await gateway.call(owner, 'connections.list')).body.items).toEqual([]);
    const { body: log } = await gateway.call(owner, 'audit.list', { event: 'session.moved' });
    expect(log.items).toMatchObject([
      { subject: session.welcome.sessionId, data: { from: 'default', to: 'other' } },
    ]);
    const back = await session.call('workspaces.switch', { workspace: 'default' });
    expect(back).toEqual({ address: 'ag::default::worker::default', workspace: 'default', epoch: 2 });
  });

  it('can be resumed there, with the same token', async () => {
    await using gateway = await startGateway();
    const { proof, admit } = await open(gateway);
    await admit();
    await using session = await connectRaw(gateway.url, { proof });
    await session.call('workspaces.switch', { workspace: 'other' });
    const { resumeToken } = session.welcome;
    await using again = await connectRaw(gateway.url, { proof, workspace: 'other', resumeToken });
    expect(again.welcome).toMatchObject({ address: 'ag::other::worker::default', isResumed: true, epoch: 2 });
    expect((await session.ended).problem.code).toBe('CONFLICT');
  });

  it('ends when the rule does', async () => {
    await using gateway = await startGateway();
    const { proof, other, admit } = await open(gateway);
    const { ruleId } = await admit();
    await using session = await connectRaw(gateway.url, { proof, workspace: 'other' });
    await gateway.call(other, 'acl.deleteRule', { ruleId });
    expect((await session.ended).problem.code).toBe('FORBIDDEN');
  });

  it('makes nobody at home there: tasks and how they are started take rules of their own', async () => {
    await using gateway = await startGateway();
    const { other } = await open(gateway);
    const guest = { token: gateway.ownerToken };
    await using session = await connectRaw(gateway.url, { proof: guest, principal: { type: 'user' } });
    const actor = (await gateway.call(guest, 'connections.list')).body.items[0].actor;
    const admit = async (resourceType: string, level: number): Promise<void> => {
      const resourceId = resourceType === 'task' ? '*' : 'other';
      const rule = { principalType: '*', principalId: actor, resourceType, resourceId, level };
      expect((await gateway.call(other, 'acl.createRule', rule)).status).toBe(200);
    };
    const { body: task } = await gateway.call(other, 'tasks.create', { taskType: 'a' });
    await admit('workspace', 10);
    await session.call('workspaces.switch', { workspace: 'other' });
    const made = { implementation: 'worker', profile: 'docker' };
    const attempts = [
      ['tasks.create', { taskType: 'a' }],
      ['tasks.claim', { taskTypes: ['a'] }],
      ['tasks.list', {}],
      ['tasks.get', { taskId: task.taskId }],
      ['tasks.cancel', { taskId: task.taskId }],
      ['implementations.put', made],
      ['implementations.list', {}],
      ['launches.list', {}],
    ] as const;
    for (const [op, input] of attempts)
      await expect(session.call(op, input), op).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await admit('task', 20);
    const [claimed] = (await session.call('tasks.claim', { taskTypes: ['a'] })).tasks;
    expect(claimed.taskId).toBe(task.taskId);
    for (const [op, input] of [attempts[4], attempts[5]])
      await expect(session.call(op, input), op).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('is refused where an agent of that workspace has the name', async () => {
    await using gateway = await startGateway();
    const { proof, other, admit } = await open(gateway);
    await admit();
    const { body: enrolment } = await gateway.call(other, 'tokens.create', { name: 'e', role: 'enrolment' });
    await gateway.register('worker', { enrolmentToken: enrolment.secret });
    await using session = await connectRaw(gateway.url, { proof });
    const move = session.call('workspaces.switch', { workspace: 'other' });
    await expect(move).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});
