import { expect, it } from 'vitest';
import { render } from './render.ts';
import { viewOf } from './views.ts';

const ruleOf = (ruleId: string, level: number) => ({
  ...{ ruleId, level, principalType: 'agent', principalId: 'ag::a::*', resourceType: 'kv', resourceId: '*' },
});

it('says in a line which rule decided, and over which others', () => {
  const [first, second] = [ruleOf('r1', 10), ruleOf('r2', 30)];
  const output = { level: 10, decidedBy: 'rule', rule: first, considered: [first, second] };
  expect(viewOf('acl.explain', output)).toEqual({
    ...{ level: 10, decidedBy: 'rule', rule: '10 for agent ag::a::* on kv * (r1)' },
    over: ['30 for agent ag::a::* on kv * (r2)'],
  });
  const fallback = { level: 20, decidedBy: 'fallback', considered: [] };
  expect(viewOf('acl.explain', fallback)).toEqual({ level: 20, decidedBy: 'fallback' });
});

const ID = '01a20021-23cf-7000-a33f-d5f5d968bec5';
const AT = '2026-11-21T22:00:30.421Z';
const BOB = 'ag::default::bob::default';

it.each([
  [
    'connections.list',
    { sessionId: ID, address: BOB, actor: `agent:${ID}`, transport: 'websocket', connectedAt: AT },
  ],
  [
    'queues.list',
    { address: BOB, isConnected: false, pending: 2, oldestAt: AT, delivered: 0, deadLettered: 1 },
  ],
  [
    'queues.listDeadLetters',
    { deadLetterId: ID, reason: 'rejected', at: AT, message: { to: BOB, body: 'long' } },
  ],
  [
    'messages.list',
    { messageId: ID, from: BOB, to: BOB, kind: 'chat', body: 'hello', sequence: 1, sentAt: AT },
  ],
  ['kv.list', { key: 'team/goal', version: 1, updatedAt: AT, updatedBy: BOB, value: { city: 'Oslo' } }],
  [
    'tasks.list',
    { taskId: ID, taskType: 'resize', status: 'running', attempt: 1, assignedTo: BOB, metadata: {} },
  ],
  [
    'implementations.list',
    { implementation: 'cruncher', profile: 'docker', taskTypes: ['crunch'], maxInstances: 1 },
  ],
  ['launches.list', { launchId: ID, implementation: 'cruncher', status: 'waiting', createdAt: AT }],
  ['workflows.listRules', { ruleId: ID, name: 'n', on: { eventType: 'build.*' }, isEnabled: true, runs: 3 }],
])('%s is a table of one line for each', (operation, item) => {
  const lines = render(viewOf(operation, { items: [item, item] })).split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toBe(lines[2]);
});

it('shows what is inside of an answer, and not an envelope', () => {
  const entry = { key: 'team/goal', version: 1, value: 5 };
  expect(viewOf('kv.get', { isFound: true, entry })).toEqual({ isFound: true, ...entry });
  expect(viewOf('kv.get', { isFound: false })).toEqual({ isFound: false });
  expect(viewOf('tasks.claim', { tasks: [{ taskId: ID }] })).toEqual({ items: [{ taskId: ID }] });
});

it('shows the body of an HTTP answer as text where it is text', () => {
  const bodyOf = (bytes: Buffer) =>
    viewOf('services.request', { status: 200, body: bytes.toString('base64') });
  expect(bodyOf(Buffer.from('{"é":1}'))).toEqual({ status: 200, body: '{"é":1}' });
  expect(bodyOf(Buffer.from([255, 254]))).toEqual({ status: 200, body: '//4=' });
});
