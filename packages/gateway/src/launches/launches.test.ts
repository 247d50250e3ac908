import type { Assignment } from '@bonafide/core/models';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectRaw, type RawSession } from '../testing/session-client.ts';
import { type Sender, startGateway, type TestGateway } from '../testing/test-gateway.ts';

let gateway: TestGateway;
let owner: Sender & { token: string };
let clock: number;
const open: RawSession[] = [];
const MINUTE = 60_000;

beforeEach(async () => {
  clock = Date.now();
  gateway = await startGateway({ now: () => clock });
  owner = { token: gateway.ownerToken };
});
afterEach(async () => {
  for (const session of open.splice(0)) await session[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
});

const call = async (sender: Sender, id: Parameters<TestGateway['call']>[1], input: object = {}) => {
  const { status, body } = await gateway.call(sender, id, input);
  if (status !== 200) throw new Error(`${id}: ${JSON.stringify(body)}`);
  return body;
};
const codeOf = async (sender: Sender, id: Parameters<TestGateway['call']>[1], input: object) =>
  (await gateway.call(sender, id, input)).body.code;
const put = (change: object = {}) =>
  call(owner, 'implementations.put', {
    ...{ implementation: 'worker', profile: 'docker', launchParameters: { image: 'a', cpu: 1 }, ...change },
  });
const pool = (change: object = {}) =>
  call(owner, 'tasks.create', { taskType: 'a', implementation: 'worker', ...change });
const launches = async (query: object = {}) => (await call(owner, 'launches.list', query)).items;
const soon = <Value>(check: () => Promise<Value>) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

async function connect(principal: object, change: object = {}) {
  const session = await connectRaw(gateway.url, {
    proof: { token: owner.token },
    ...{ principal: principal as never, ...change },
  });
  open.push(session);
  return session;
}
const orchestrator = (specifier: string, profiles: readonly string[] = ['docker']) =>
  connect({ type: 'orchestrator', implementation: 'fleet', specifier }, { profiles });
/** The next assignment that the orchestrator finds in its inbox. */
async function assigned(session: RawSession): Promise<Assignment> {
  return soon(async () => {
    const { items } = await session.call('messages.list');
    const [message] = items;
    expect(message).toMatchObject({ kind: 'assignment', from: 'sv::bonafide::gateway' });
    await session.call('messages.acknowledge', { sequences: [message.sequence] });
    return message.body;
  });
}

describe('a task for somebody who is away', () => {
  const target = 'tu::default::worker::night';

  it('has an orchestrator start it, with merged parameters and a token that works', async () => {
    await put();
    const fleet = await orchestrator('one');
    const launchParameters = { cpu: 4, gpu: true };
    const { taskId } = await call(owner, 'tasks.create', {
      taskType: 'a',
      mode: 'targeted',
      target,
      launchParameters,
    });
    const assignment = await assigned(fleet);
    expect(assignment).toMatchObject({
      ...{ implementation: 'worker', address: target, profile: 'docker', taskId },
      launchParameters: { image: 'a', cpu: 4, gpu: true },
    });
    expect(Date.parse(assignment.expiresAt)).toBe(clock + 60 * MINUTE);
    const proof = { token: assignment.taskToken };
    const instance = await connectRaw(gateway.url, { proof, principal: { type: 'task' } });
    open.push(instance);
    expect(instance.welcome.address).toBe(target);
    const [task] = (await instance.call('tasks.claim')).tasks;
    expect(task.taskId).toBe(taskId);
    await instance.call('tasks.complete', { taskId, attempt: 1 });
    await soon(async () => expect(await launches()).toMatchObject([{ status: 'started', address: target }]));
  });

  it('has a token for an address that an agent had, which opens that to nobody else', async () => {
    const [squatter, rival] = [await gateway.register('squatter'), await gateway.register('rival')];
    const principal = { type: 'task', implementation: 'worker', specifier: 'night' } as const;
    const first = await connectRaw(gateway.url, { proof: squatter, principal });
    await first[Symbol.asyncDispose]();
    await put();
    const fleet = await orchestrator('one');
    await soon(async () => {
      const { items } = await call(owner, 'connections.list', { address: target });
      expect(items).toEqual([]);
    });
    await call(owner, 'tasks.create', { taskType: 'a', mode: 'targeted', target });
    const other = 'tu::default::worker::day';
    await call(owner, 'tasks.create', { taskType: 'a', mode: 'targeted', target: other });
    const tokens = [await assigned(fleet), await assigned(fleet)];
    const tokenOf = (address: string) => tokens.find((each) => each.address === address)?.taskToken ?? 'none';
    for (const proof of [rival, owner, { token: tokenOf(other) }]) {
      const attempt = connectRaw(gateway.url, { proof, principal });
      await expect(attempt).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
    const instance = await connectRaw(gateway.url, { proof: { token: tokenOf(target) }, principal });
    open.push(instance);
    expect(instance.welcome).toMatchObject({ address: target, epoch: 2, isResumed: false });
    const late = connectRaw(gateway.url, { proof: squatter, principal });
    await expect(late).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('has a token that goes nowhere else, though rules would let it', async () => {
    await put();
    const fleet = await orchestrator('one');
    await call(owner, 'tasks.create', { taskType: 'a', mode: 'targeted', target });
    const { taskToken: token } = await assigned(fleet);
    const { ownerToken } = await gateway.gateway.createWorkspace('other');
    const rule = {
      principalType: 'task',
      principalId: target,
      resourceType: 'workspace',
      resourceId: 'other',
    };
    await call({ token: ownerToken }, 'acl.createRule', { ...rule, level: 20 });
    const instance = await connectRaw(gateway.url, { proof: { token }, principal: { type: 'task' } });
    open.push(instance);
    const move = instance.call('workspaces.switch', { workspace: 'other' });
    await expect(move).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const other = { proof: { token }, principal: { type: 'task' }, workspace: 'other' } as const;
    await expect(connectRaw(gateway.url, other)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('starts nobody who is there, nobody that nobody registered, and nobody twice', async () => {
    await orchestrator('one');
    const targeted = () => call(owner, 'tasks.create', { taskType: 'a', mode: 'targeted', target });
    await targeted();
    expect(await launches()).toEqual([]);
    await put();
    await targeted();
    await targeted();
    expect(await launches()).toHaveLength(1);
    await connect({ type: 'task', implementation: 'worker', specifier: 'here' });
    await call(owner, 'tasks.create', {
      taskType: 'a',
      mode: 'targeted',
      target: 'tu::default::worker::here',
    });
    expect(await launches()).toHaveLength(1);
  });

  it('waits for an orchestrator that has the profile', async () => {
    await put();
    await orchestrator('other', ['local']);
    await call(owner, 'tasks.create', { taskType: 'a', mode: 'targeted', target });
    expect(await launches()).toMatchObject([{ status: 'waiting' }]);
    const fleet = await orchestrator('one');
    expect((await assigned(fleet)).address).toBe(target);
    expect(await launches()).toMatchObject([{ status: 'assigned', orchestrator: 'oc::default::fleet::one' }]);
  });
});

describe('a pool', () => {
  it('grows with its work up to its bound, evenly over the orchestrators', async () => {
    await put({ maxInstances: 4 });
    const fleets = await Promise.all(['one', 'two'].map((name) => orchestrator(name)));
    await Promise.all(Array.from({ length: 6 }, () => pool()));
    await soon(async () => expect(await launches()).toHaveLength(4));
    const orchestrators = (await launches()).map((each: { orchestrator: string }) => each.orchestrator);
    expect(orchestrators.sort()).toEqual(
      ['one', 'one', 'two', 'two'].map((name) => `oc::default::fleet::${name}`),
    );
    const [first] = fleets;
    if (!first) throw new Error('nobody is connected');
    expect((await assigned(first)).address).toMatch(/^ta::default::worker::[0-9a-f-]{36}$/);
  });

  it.each(['says so', 'says nothing'])(
    'starts another for one that ends before it joins, when its orchestrator %s; the others work meanwhile',
    async (how) => {
      await put({ maxInstances: 3 });
      const fleet = await orchestrator('one');
      await Promise.all(Array.from({ length: 6 }, () => pool()));
      const [lost, ...others] = [await assigned(fleet), await assigned(fleet), await assigned(fleet)];
      const join = async ({ taskToken }: Assignment) => {
        const proof = { token: taskToken };
        const instance = await connectRaw(gateway.url, { proof, principal: { type: 'pooled-task' } });
        open.push(instance);
        return instance;
      };
      const workOn = async (instance: RawSession) => {
        const [{ taskId, attempt }] = (await instance.call('tasks.claim', { waitSeconds: 60 })).tasks;
        await instance.call('tasks.complete', { taskId, attempt });
      };
      const crew = await Promise.all(others.map(join));
      await Promise.all(crew.map(workOn));
      const { launchId } = lost;
      if (how === 'says so') await fleet.call('launches.reportFailure', { launchId, reason: 'it ended' });
      else clock += 2 * MINUTE;
      await Promise.all(crew.map(workOn));
      const isWaiting = async () =>
        expect((await launches()).find((each: Assignment) => each.launchId === launchId).status).toBe(
          'waiting',
        );
      await soon(isWaiting);
      clock += MINUTE / 6;
      const again = await assigned(fleet);
      expect(again).toMatchObject({ launchId, address: lost.address });
      const late = await join(again);
      await workOn(late);
      const waiting = workOn(late);
      await pool();
      await waiting;
      await soon(async () => {
        const all = await launches();
        expect(all.map(({ status }: { status: string }) => status)).toEqual([
          'started',
          'started',
          'started',
        ]);
      });
    },
  );

  it('starts one for what is missing, though the task names only its type', async () => {
    await put({ maxInstances: 4, taskTypes: ['resize'] });
    await orchestrator('one');
    await call(owner, 'tasks.create', { taskType: 'resize' });
    await soon(async () => expect(await launches()).toHaveLength(1));
  });
});

describe('a launch', () => {
  const begin = async () => {
    await put();
    await call(owner, 'tasks.create', { taskType: 'a', mode: 'targeted', target: 'ag::default::worker::x' });
  };

  it('that fails is tried with another orchestrator, and three times at most', async () => {
    const [one, two] = [await orchestrator('one'), await orchestrator('two')];
    await begin();
    const { launchId, taskToken } = await assigned(one);
    const failed = await one.call('launches.reportFailure', { launchId, reason: 'no image' });
    expect(failed).toMatchObject({ status: 'assigned', orchestrator: 'oc::default::fleet::two' });
    expect(await codeOf({ token: taskToken }, 'tasks.list', {})).toBe('REVOKED');
    await expect(one.call('launches.reportFailure', { launchId, reason: 'x' })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    const second = await two.call('launches.reportFailure', { launchId, reason: 'no image' });
    expect(second).toMatchObject({ status: 'waiting', reason: 'no image' });
    clock += MINUTE;
    const third = await assigned(one);
    expect(third.launchId).toBe(launchId);
    const last = await one.call('launches.reportFailure', { launchId, reason: 'still no image' });
    expect(last).toMatchObject({ status: 'failed', reason: 'still no image' });
    // It rests, though the task still waits.
    clock += MINUTE;
    await call(owner, 'tasks.create', { taskType: 'a', mode: 'targeted', target: 'ag::default::worker::x' });
    expect(await launches()).toHaveLength(1);
    clock += 5 * MINUTE;
    await soon(async () => expect(await launches()).toHaveLength(2));
  });

  it('is none of the business of other orchestrators', async () => {
    const [one, two] = [await orchestrator('one'), await orchestrator('two')];
    await begin();
    const { launchId } = await assigned(one);
    await expect(two.call('launches.reportFailure', { launchId, reason: 'x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('expires when nobody connects, and is tried again', async () => {
    const [one, two] = [await orchestrator('one'), await orchestrator('two')];
    await begin();
    const { taskToken } = await assigned(one);
    clock += 2 * MINUTE;
    await soon(async () =>
      expect(await launches()).not.toMatchObject([{ orchestrator: 'oc::default::fleet::one' }]),
    );
    // It waits a little, in case nobody else is there.
    clock += MINUTE / 6;
    const again = await assigned(two);
    expect(again.taskToken).not.toBe(taskToken);
    expect(await codeOf({ token: taskToken }, 'tasks.list', {})).toBe('REVOKED');
    expect(await launches()).toMatchObject([{ status: 'assigned' }]);
  });

  it('goes to another orchestrator when the first one leaves', async () => {
    const [one, two] = [await orchestrator('one'), await orchestrator('two')];
    await begin();
    await assigned(one);
    one.socket.terminate();
    expect((await assigned(two)).address).toBe('ag::default::worker::x');
  });
});

describe('the token of an instance', () => {
  it('is for its address and its workspace alone, and ends after an hour', async () => {
    await put();
    const fleet = await orchestrator('one');
    await call(owner, 'tasks.create', { taskType: 'a', mode: 'targeted', target: 'tu::default::worker::x' });
    const { taskToken: token } = await assigned(fleet);
    for (const principal of [
      { type: 'task', implementation: 'worker', specifier: 'y' },
      { type: 'task', implementation: 'boss', specifier: 'x' },
      { type: 'agent', implementation: 'worker', specifier: 'x' },
      { type: 'orchestrator', implementation: 'worker', specifier: 'x' },
    ] as const) {
      await expect(connectRaw(gateway.url, { proof: { token }, principal })).rejects.toMatchObject({
        code: 'FORBIDDEN',
      });
    }
    const refused = ['tokens.create', 'tokens.list', 'members.list', 'implementations.put'] as const;
    const inputs = { name: 'x', role: 'reader', implementation: 'x', profile: 'x' };
    for (const id of refused) {
      const { status } = await gateway.call({ token }, id, id.endsWith('list') ? {} : inputs);
      expect([400, 403]).toContain(status);
    }
    expect(await codeOf({ token }, 'tasks.claim', { implementation: 'other' })).toBe('FORBIDDEN');
    const { taskId } = await call(owner, 'tasks.create', { taskType: 'a', mode: 'self' });
    expect(await codeOf({ token }, 'tasks.get', { taskId })).toBe('NOT_FOUND');
    const { ownerToken } = await gateway.gateway.createWorkspace('elsewhere');
    const far = await call({ token: ownerToken }, 'tasks.create', { taskType: 'a' });
    expect(await codeOf({ token }, 'tasks.get', { taskId: far.taskId })).toBe('NOT_FOUND');
    expect((await call({ token }, 'tasks.list')).items).toHaveLength(1);
    clock += 60 * MINUTE;
    expect((await gateway.call({ token }, 'tasks.list')).status).toBe(401);
  });
});

describe('implementations', () => {
  it('are registered, changed, listed by name and forgotten by owners', async () => {
    const agent = await gateway.register('hand');
    const made = await put({ implementation: 'b', taskTypes: ['x', 'x'] });
    expect(made).toMatchObject({ implementation: 'b', taskTypes: ['x'], maxInstances: 1 });
    await put({ implementation: 'a' });
    clock += 1000;
    const changed = await put({ implementation: 'b', profile: 'local' });
    expect(changed).toMatchObject({ profile: 'local', createdAt: made.createdAt, taskTypes: [] });
    const page = await call(agent, 'implementations.list', { limit: 1 });
    expect(page.items).toMatchObject([{ implementation: 'a' }]);
    const rest = await call(agent, 'implementations.list', { limit: 1, cursor: page.nextCursor });
    expect(rest.items).toEqual([changed]);
    expect(await codeOf(agent, 'implementations.delete', { implementation: 'a' })).toBe('FORBIDDEN');
    expect(await call(owner, 'implementations.delete', { implementation: 'a' })).toEqual({ isDeleted: true });
    expect(await call(owner, 'implementations.delete', { implementation: 'a' })).toEqual({
      isDeleted: false,
    });
    const launchParameters = { long: 'x'.repeat(17_000) };
    const input = { implementation: 'c', profile: 'x', launchParameters };
    expect(await codeOf(owner, 'implementations.put', input)).toBe('PAYLOAD_TOO_LARGE');
  });

  it('stay in their workspace', async () => {
    const { ownerToken } = await gateway.gateway.createWorkspace('elsewhere');
    const stranger = { token: ownerToken };
    await put();
    expect((await call(stranger, 'implementations.list')).items).toEqual([]);
    expect(await call(stranger, 'implementations.delete', { implementation: 'worker' })).toEqual({
      isDeleted: false,
    });
    await orchestrator('one');
    await call(owner, 'tasks.create', { taskType: 'a', mode: 'targeted', target: 'ag::default::worker::x' });
    expect((await call(stranger, 'launches.list')).items).toEqual([]);
    const [{ launchId }] = await launches();
    expect(await codeOf(stranger, 'launches.reportFailure', { launchId, reason: 'x' })).toBe('NOT_FOUND');
  });
});
