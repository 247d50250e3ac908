import { DatabaseSync } from 'node:sqlite';
import { type Operation, type OperationId, operationList, type Scope } from '@bonafide/core/operations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Body,
  type Sender,
  startGateway,
  type TestAgent,
  type TestGateway,
  toRequest,
} from '../testing/test-gateway.ts';
import { isGranted } from './scopes.ts';

const remote = operationList.filter((operation) => operation.kind !== 'local');
const commands = remote.filter((operation) => operation.risk !== 'none');

/** Ids that exist, in a workspace that is not the caller's. */
interface Foreign {
  readonly agentId: string;
  readonly actionId: string;
  readonly approvalId: string;
  readonly tokenId: string;
  readonly cid: string;
}

let gateway: TestGateway;
let agent: TestAgent;
let foreign: Foreign;
let rivals: Sender[];

beforeAll(async () => {
  gateway = await startGateway();
  agent = await gateway.register('alice');
  const owner = { token: gateway.ownerToken };
  const { body: asked } = await gateway.call(agent, 'actions.verify', { action: 'jobs.fund' });
  const { body: stored } = await gateway.call(agent, 'artifacts.put', {
    content: 'aGk=',
    mediaType: 'text/plain',
  });
  const { body: tokens } = await gateway.call(owner, 'tokens.list');
  const { agentId } = agent;
  foreign = {
    agentId,
    actionId: asked.actionId,
    approvalId: asked.approvalId,
    cid: stored.cid,
    tokenId: tokens.items[0].tokenId,
  };
  const { ownerToken } = await gateway.gateway.createWorkspace('rival');
  const { body: enrolment } = await gateway.call({ token: ownerToken }, 'tokens.create', {
    name: 'e',
    role: 'enrolment',
  });
  const rival = await gateway.register('rival', { enrolmentToken: enrolment.secret });
  rivals = [{ token: ownerToken }, rival];
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** Good values for the fields that are not ids. */
const samples: Body = {
  reason: 'because',
  capability: 'a.b',
  decision: 'approve',
  outcome: 'executed',
  parametersDigest: 'x',
  chainAgentId: '1',
  jobId: '1',
  address: `0x${'1'.repeat(40)}`,
  transactionHash: `0x${'1'.repeat(64)}`,
};

function inputWith(operation: Operation, ids: Partial<Foreign>): Body {
  const known: Body = { ...samples, ...ids };
  return Object.fromEntries(
    Object.keys(operation.input.shape).flatMap((name) => (name in known ? [[name, known[name]]] : [])),
  );
}

// That its ids are of no use is in tenancy.integration.test.ts, for every operation and role.
describe('another workspace', () => {
  it.each([
    'agents.list',
    'actions.list',
    'approvals.list',
    'audit.list',
    'tokens.list',
    'agents.find',
  ] as const)('does not show in %s', async (id) => {
    const { body } = await gateway.call(rivals[0] ?? {}, id);
    expect(JSON.stringify(body.items)).not.toContain(agent.agentId);
    expect(JSON.stringify(body.items)).not.toContain('"default"');
  });

  it('shows an agent only when it is listed, and then only its profile', async () => {
    const { agentId } = agent;
    await gateway.call(agent, 'agents.update', { isListed: true });
    const { body } = await gateway.call(rivals[1] ?? {}, 'agents.get', { agentId });
    const found = await gateway.call(rivals[1] ?? {}, 'agents.find', { text: 'ALI' });
    expect(body).not.toHaveProperty('workspace');
    expect(found.body.items.map((each: Body) => each.agentId)).toEqual([agentId]);
    await gateway.call(agent, 'agents.update', { isListed: false });
    expect((await gateway.call(rivals[1] ?? {}, 'agents.get', { agentId })).status).toBe(404);
  });
});

describe('bad input', () => {
  const sender = (operation: Operation): Sender =>
    'access' in operation &&
    operation.access.startsWith('workspace:') &&
    !isGranted('agent', operation.access as Scope)
      ? { token: gateway.ownerToken }
      : agent;

  it.each(remote.map(({ id }) => id as OperationId))(
    'to %s is refused with the path of an unknown field, and writes nothing',
    async (id) => {
      const operation = remote.find((each) => each.id === id);
      if (!operation) throw new Error(id);
      const before = dump(gateway);
      const { status, body } = await gateway.call(sender(operation), id, {
        ...inputWith(operation, foreign),
        nonsense: 1,
      });
      expect({ id, status, code: body.code }).toEqual({ id, status: 400, code: 'VALIDATION_FAILED' });
      expect(body.issues.map((issue: Body) => issue.path)).toContain('nonsense');
      expect(withoutRequestTraces(dump(gateway))).toEqual(withoutRequestTraces(before));
    },
  );

  const inBody = commands.flatMap((operation) =>
    'http' in operation
      ? Object.keys(operation.input.shape)
          .filter(
            (name) => !operation.http.path.includes(`{${name}}`) && !ANY_JSON.has(`${operation.id} ${name}`),
          )
          .map((name) => [operation.id as OperationId, name] as const)
      : [],
  );
  it.each(inBody)('to %s names %s when it has the wrong type, and writes nothing', async (id, name) => {
    const operation = commands.find((each) => each.id === id);
    if (!operation) throw new Error(id);
    const before = dump(gateway);
    const input = { ...inputWith(operation, foreign), [name]: { wrong: [null] } };
    // `parameters` takes any object, so its wrong type is another one.
    const { status, body } = await gateway.call(
      sender(operation),
      id,
      name === 'parameters' ? { ...input, [name]: 1 } : input,
    );
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'VALIDATION_FAILED' });
    expect(body.issues.some((issue: Body) => issue.path.startsWith(name))).toBe(true);
    expect(withoutRequestTraces(dump(gateway))).toEqual(withoutRequestTraces(before));
  });

  it.each([
    ['actions.list', { limit: '0' }, 'limit'],
    ['actions.list', { limit: 'ten' }, 'limit'],
    ['actions.list', { limit: '1e1' }, 'limit'],
    ['actions.list', { status: 'fine' }, 'status'],
    ['actions.list', { cursor: 'zzz' }, 'cursor'],
    ['actions.list', { cursor: toCursor('abc') }, 'cursor'],
    ['audit.list', { cursor: toCursor('-1') }, 'cursor'],
    ['audit.list', { cursor: toCursor('NaN') }, 'cursor'],
    ['actions.get', { actionId: 'not-an-id' }, 'actionId'],
    ['audit.list', { from: 'yesterday' }, 'from'],
    ['agents.find', { capability: 'A B' }, 'capability'],
    ['events.stream', { types: 'x'.repeat(101) }, 'types.0'],
  ] as const)('in the query of %s %j is refused at %s', async (id, input, path) => {
    const { status, body } = await gateway.call(agent, id, input);
    expect(status).toBe(400);
    expect(body.issues.map((issue: Body) => issue.path)).toContain(path);
  });

  it('in the query is refused when a field is given twice', async () => {
    const { body } = await gateway.send(agent, { method: 'GET', path: '/v1/actions?limit=1&limit=2' });
    expect(body.issues).toEqual([{ path: 'limit', message: 'may be given only once' }]);
  });
});

function toCursor(key: string): string {
  return Buffer.from(key).toString('base64url');
}

/** What is passed on or stored as it came may be any JSON, so it has no wrong type. */
const ANY_JSON = new Set([
  'actions.complete result',
  'actions.log result',
  'tasks.complete result',
  'messages.send body',
  'messages.broadcast body',
  'kv.put value',
  'checkpoints.save data',
  'tasks.create payload',
  'tasks.create metadata',
  'tasks.create launchParameters',
  'implementations.put launchParameters',
  'metrics.report raw',
]);

/** Rows of every table. */
function dump({ database }: TestGateway): Record<string, unknown[]> {
  const file = new DatabaseSync(database, { readOnly: true });
  const tables = file.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
  const rows = tables.map(({ name }) => [name, file.prepare(`SELECT * FROM ${name}`).all()] as const);
  file.close();
  return Object.fromEntries(rows);
}

/** Nonces every signed request leaves, a gateway says that it lives, and a worker derives the others from the events. */
const traces = new Set(['nonces', 'gateways', 'tallies', 'tally_cursor', 'trust_scores', 'trust_history']);

function withoutRequestTraces(tables: Record<string, unknown[]>): Record<string, unknown[]> {
  return Object.fromEntries(Object.entries(tables).filter(([name]) => !traces.has(name)));
}

describe('hostile bodies', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    gateway.send(agent, {
      method: 'POST',
      path: '/v1/actions',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });

  it.each([
    ['malformed JSON', '{"action":'],
    ['no object', '[1]'],
    ['a bare null', 'null'],
    ['deep nesting', `{"action":"a.b","parameters":${'{"a":'.repeat(70)}1${'}'.repeat(70)}}`],
    ['very deep nesting', '['.repeat(100_000)],
    ['a prototype key', '{"action":"a.b","__proto__":{"risk":"low"}}'],
    ['a prototype key deep inside', '{"action":"a.b","parameters":{"a":[{"__proto__":{"x":1}}]}}'],
    ['half a character', '{"action":"a.b","resource":"\\ud800"}'],
    ['half a character in a name', '{"action":"a.b","parameters":{"a":{"\\udc00":1}}}'],
    ['an escaped prototype key', '{"action":"a.b","parameters":{"\\u005f_proto__":{"x":1}}}'],
  ])('with %s get a 400', async (_name, body) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ code: 'VALIDATION_FAILED', requestId: expect.any(String) });
  });

  it('of another media type, or not in UTF-8, get a 400', async () => {
    expect((await post('{"action":"a.b"}', { 'content-type': 'text/plain' })).status).toBe(400);
  });

  it('keep harmless names and take the last of two equal ones, as was signed', async () => {
    const { body } = await post('{"action":"a.b","parameters":{"constructor":1,"toString":2,"x":1,"x":2}}');
    expect(body.parameters).toEqual({ constructor: 1, toString: 2, x: 2 });
  });

  it('over the limit get a 413, whether they say their length or not', async () => {
    const body = JSON.stringify({ action: 'a.b', parameters: { fill: 'x'.repeat(1_600_000) } });
    const told = await post(body);
    expect({ status: told.status, code: told.body.code }).toEqual({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
    const stream = new Blob([body]).stream();
    const chunked = await fetch(`${gateway.url}/v1/actions`, {
      method: 'POST',
      body: stream,
      duplex: 'half',
    } as RequestInit);
    expect(chunked.status).toBe(413);
  });

  it('cannot repeat a field of the path', async () => {
    const request = toRequest('actions.complete', { input: { actionId: foreign.actionId } });
    const body = JSON.stringify({ actionId: foreign.actionId, outcome: 'executed', parametersDigest: 'x' });
    const { body: problem } = await gateway.send(agent, { ...request, body });
    expect(problem.issues[0].path).toBe('actionId');
  });
});
