import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';
import { MAX_DEPTH, MAX_RUNS_PER_MINUTE } from './run.ts';

let gateway: TestGateway;
let owner: { token: string };
let agent: TestAgent;
beforeAll(async () => {
  gateway = await startGateway();
  owner = { token: gateway.ownerToken };
  agent = await gateway.register('ci');
});
afterAll(() => gateway[Symbol.asyncDispose]());

const put = (key: string, value: Body = '{{event.data}}') => ({ do: 'putKey', key, value });

async function makeRule(rule: Body): Promise<Body> {
  const input = { name: 'a rule', actions: [put('x')], ...rule };
  const { status, body } = await gateway.call(owner, 'workflows.createRule', input);
  expect(body).toMatchObject({ ruleId: expect.any(String) });
  expect(status).toBe(200);
  return body;
}

async function emit(type: string, data: Body = {}, sender: Body = agent): Promise<Body> {
  const input = { to: 'event::default', kind: 'event', body: { type, data } };
  return gateway.call(sender, 'messages.send', input);
}

async function ruleNow(ruleId: string): Promise<Body> {
  const { body } = await gateway.call(owner, 'workflows.listRules', { limit: 100 });
  return body.items.find((rule: Body) => rule.ruleId === ruleId);
}

/** Asks until it holds: rules run after the answer to who told the event. */
async function eventually(look: () => Promise<Body>, check: (found: Body) => void): Promise<void> {
  for (let left = 400; ; left--) {
    const found = await look();
    try {
      check(found);
      return;
    } catch (error) {
      if (left === 0) throw error;
      await new Promise(setImmediate);
    }
  }
}

const keyNow = async (key: string): Promise<Body> =>
  (await gateway.call(owner, 'kv.get', { key })).body.entry;

describe('workflow rules', () => {
  it('are made, changed, listed and deleted by owners, and each change is in the log', async () => {
    const rule = await makeRule({ name: 'first', on: { eventType: 'crud.*' } });
    expect(rule).toMatchObject({ isEnabled: true, runs: 0, createdBy: expect.stringMatching(/^member:/) });
    const changed = await gateway.call(owner, 'workflows.updateRule', {
      ruleId: rule.ruleId,
      name: 'second',
    });
    expect(changed.body).toMatchObject({ name: 'second', on: { eventType: 'crud.*' } });
    expect((await ruleNow(rule.ruleId)).name).toBe('second');
    const remove = () => gateway.call(owner, 'workflows.deleteRule', { ruleId: rule.ruleId });
    expect([(await remove()).body, (await remove()).body]).toEqual([
      { isDeleted: true },
      { isDeleted: false },
    ]);
    const { body: log } = await gateway.call(owner, 'audit.list', { subject: rule.ruleId });
    expect(log.items.map(({ event }: Body) => event).sort()).toEqual([
      ...['workflow.ruleCreated', 'workflow.ruleDeleted', 'workflow.ruleUpdated'],
    ]);
  });

  it('are read by everybody and made by owners alone', async () => {
    const input = { name: 'x', on: { eventType: '*' }, actions: [put('x')] };
    expect((await gateway.call(agent, 'workflows.createRule', input)).body).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect((await gateway.call(agent, 'workflows.listRules')).status).toBe(200);
  });

  it('that can never work are refused', async () => {
    const refused = async (change: Body) => {
      const input = { name: 'x', on: { eventType: '*' }, actions: [put('x')], ...change };
      return (await gateway.call(owner, 'workflows.createRule', input)).body;
    };
    expect(await refused({ on: { eventType: '*', condition: 'event.data.size >' } })).toMatchObject({
      ...{
        code: 'VALIDATION_FAILED',
        issues: [{ path: 'on.condition', message: expect.stringContaining('^') }],
      },
    });
    expect(await refused({ actions: [put('x', '{{process.env}}')] })).toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    const toRules = { do: 'send', to: 'event::default', kind: 'event', body: {} };
    expect((await refused({ actions: [toRules] })).detail).toContain('emitEvent');
    const elsewhere = { do: 'send', to: 'ag::elsewhere::a::b', kind: 'chat', body: 1 };
    expect(await refused({ actions: [elsewhere] })).toMatchObject({ code: 'FORBIDDEN' });
    const assignment = { do: 'send', to: 'oc::default::fleet::one', kind: 'assignment', body: {} };
    expect(await refused({ actions: [assignment] })).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('do everything that they are to do, in their own name', async () => {
    const rule = await makeRule({
      on: { eventType: 'build.done', source: 'ag::default::ci::*', condition: 'event.data.size > 10' },
      actions: [
        put('builds/last', { size: '{{event.data.size}}', by: '{{event.source}}' }),
        { do: 'send', to: '{{event.source}}', kind: 'chat', body: { text: 'done: {{event.data.name}}' } },
        { do: 'createTask', taskType: 'deploy', implementation: 'deployer', payload: '{{event.data}}' },
      ],
    });
    await emit('build.done', { size: 5, name: 'small' });
    await emit('build.done', { size: 11, name: 'large' });
    await eventually(
      () => ruleNow(rule.ruleId),
      (now) => expect(now).toMatchObject({ runs: 1, lastRunAt: expect.any(String) }),
    );
    expect(await keyNow('builds/last')).toMatchObject({
      value: { size: 11, by: 'ag::default::ci::default' },
      updatedBy: `we::default::rules::${rule.ruleId}`,
    });
    const { body: inbox } = await gateway.call(agent, 'messages.list');
    expect(inbox.items).toMatchObject([
      { from: `we::default::rules::${rule.ruleId}`, kind: 'chat', body: { text: 'done: large' } },
    ]);
    const { body: tasks } = await gateway.call(owner, 'tasks.list');
    const [{ taskId }] = tasks.items;
    expect((await gateway.call(owner, 'tasks.get', { taskId })).body).toMatchObject({
      ...{ taskType: 'deploy', target: 'tb::default::deployer', payload: { size: 11, name: 'large' } },
      createdBy: `we::default::rules::${rule.ruleId}`,
    });
  });

  it('look at the sender that the gateway saw, not at one that an event names', async () => {
    const rule = await makeRule({ on: { eventType: 'spoof', source: 'ag::default::admin::*' } });
    const other = await makeRule({ on: { eventType: 'spoof' }, actions: [put('spoofed')] });
    const data = { source: 'ag::default::admin::1' };
    const body = { type: 'spoof', data, source: 'ag::default::admin::1', sender: 'x', depth: -5 };
    await gateway.call(agent, 'messages.send', { to: 'event::default', kind: 'event', body });
    await eventually(
      () => ruleNow(other.ruleId),
      (now) => expect(now.runs).toBe(1),
    );
    expect((await ruleNow(rule.ruleId)).runs).toBe(0);
  });

  it('do all or nothing, say why, and stop no other rule', async () => {
    const failing = await makeRule({
      on: { eventType: 'partial' },
      actions: [put('partial'), { do: 'send', to: '{{event.data.to}}', kind: 'chat', body: 1 }],
    });
    const fine = await makeRule({ on: { eventType: 'partial' }, actions: [put('whole')] });
    await emit('partial', { to: 'not an address' });
    await eventually(
      () => ruleNow(fine.ruleId),
      (now) => expect(now.runs).toBe(1),
    );
    expect(await ruleNow(failing.ruleId)).toMatchObject({
      ...{ runs: 0, isEnabled: true, lastError: expect.stringContaining('not an address') },
    });
    expect(await keyNow('partial')).toBeUndefined();
    await emit('partial', {});
    await eventually(
      () => ruleNow(failing.ruleId),
      (now) => expect(now.lastError).toContain('the event has no event.data.to'),
    );
  });

  it('that start themselves are switched off, and people are told', async () => {
    const emitEvent = { do: 'emitEvent', type: 'loop', data: { n: '{{event.data.n}}' } };
    const rule = await makeRule({ on: { eventType: 'loop' }, actions: [emitEvent] });
    await emit('loop', { n: 1 });
    await eventually(
      () => ruleNow(rule.ruleId),
      (now) => expect(now.isEnabled).toBe(false),
    );
    expect(await ruleNow(rule.ruleId)).toMatchObject({
      runs: MAX_DEPTH,
      lastError: expect.stringContaining('loop'),
    });
    const { body: alerts } = await gateway.call(owner, 'alerts.list', { type: 'workflow.failing' });
    expect(alerts.items).toMatchObject([{ subject: rule.ruleId }]);
    await gateway.call(owner, 'workflows.updateRule', {
      ruleId: rule.ruleId,
      isEnabled: false,
      name: 'ended',
    });
  });

  it('act on what happens after they were made, or switched on', async () => {
    await emit('before', { n: 1 });
    const rule = await makeRule({ on: { eventType: 'before' }, actions: [put('before')], isEnabled: false });
    await emit('before', { n: 2 });
    await gateway.call(owner, 'workflows.updateRule', { ruleId: rule.ruleId, isEnabled: true });
    await emit('before', { n: 3 });
    await eventually(
      () => ruleNow(rule.ruleId),
      (now) => expect(now.runs).toBe(1),
    );
    expect(await keyNow('before')).toMatchObject({ value: { n: 3 }, version: 1 });
  });

  it('can be tried without doing anything', async () => {
    const rule = {
      on: { eventType: 'trial', source: 'ag::default::ci::*', condition: 'event.data.n > 1' },
      actions: [put('trial', '{{event.data.n}}')],
    };
    const attempt = async (event: Body) =>
      (
        await gateway.call(owner, 'workflows.testRule', {
          rule,
          event: { source: 'ag.default.ci.1', ...event },
        })
      ).body;
    expect(await attempt({ type: 'trial', data: { n: 2 } })).toMatchObject({
      isMatch: true,
      actions: [put('trial', 2)],
    });
    expect(await attempt({ type: 'other' })).toMatchObject({ isMatch: false, actions: [] });
    expect(await attempt({ type: 'trial' })).toMatchObject({
      isMatch: false,
      reason: expect.stringContaining('No such key'),
    });
    expect(await attempt({ type: 'trial', source: 'ag::default::x::1', data: { n: 2 } })).toMatchObject({
      isMatch: false,
    });
    expect(await keyNow('trial')).toBeUndefined();
  });
});

it('a rule does no more in a minute than it may', async () => {
  const nowMs = Date.now();
  await using still = await startGateway({ now: () => nowMs });
  const admin = { token: still.ownerToken };
  const rule = { name: 'often', on: { eventType: 'often' }, actions: [put('often', 1)] };
  await still.call(admin, 'workflows.createRule', rule);
  const sender = await still.register('ci');
  const event = { to: 'event::default', kind: 'event', body: { type: 'often' } };
  const all = Array.from({ length: MAX_RUNS_PER_MINUTE + 2 }, () =>
    still.call(sender, 'messages.send', event),
  );
  await Promise.all(all);
  await eventually(
    async () => (await still.call(admin, 'workflows.listRules')).body.items[0],
    (now) =>
      expect(now).toMatchObject({
        runs: MAX_RUNS_PER_MINUTE,
        lastError: expect.stringContaining('in a minute'),
      }),
  );
});
