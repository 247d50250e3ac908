import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bonafide, emptyHome, type Run, start } from './testing/bonafide.ts';

let gateway: Gateway;
let url: string;
let ownerToken: string;
let home: string;

beforeAll(async () => {
  gateway = await createGateway({ database: join(await emptyHome(), 'gateway.db'), logLevel: 'silent' });
  ({ url } = await gateway.listen({ port: 0 }));
  ({ ownerToken } = await gateway.createWorkspace('default'));
});
afterAll(() => gateway[Symbol.asyncDispose]());

const run = (args: readonly string[], input?: string): Promise<Run> =>
  bonafide(args, { home, env: { BONAFIDE_URL: url }, ...(input === undefined ? {} : { input }) });

const runJson = async (args: readonly string[]) => {
  const { code, stdout, stderr } = await run([...args, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
};

let agents = 0;
const newAgent = async (): Promise<string> => {
  const name = `agent-${++agents}`;
  await runJson(['init', name]);
  return name;
};

beforeEach(async () => {
  home = await emptyHome();
});

describe('init', () => {
  it('makes the key, registers, and does both only once', async () => {
    const first = await run([
      'init',
      'alice',
      '--capability',
      'csv:clean',
      '--capability',
      'csv:join',
      '--listed',
    ]);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const key = join(home, '.bonafide', 'agents', 'alice.json');
    expect(first.stdout).toMatch(/did:key:z6Mk\w{44}/);
    expect(first.stdout).toContain(key);
    const second = await runJson(['init', 'alice']);
    expect(second).toMatchObject({ name: 'alice', workspace: 'default', key, isNew: false });
    expect(first.stdout).toContain(second.did);
    const found = await runJson(['agents', 'find', '--capability', 'csv:join', '--agent', 'alice']);
    expect(found.items).toMatchObject([
      { name: 'alice', isListed: true, capabilities: ['csv:clean', 'csv:join'] },
    ]);
  });

  it('refuses a bad name before it makes a key', async () => {
    const { code, stderr } = await run(['init', '../evil']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('is no agent name');
  });
});

describe('login', () => {
  it('keeps a token that the gateway knows, and no other', async () => {
    expect((await run(['tokens', 'list'])).stderr).toMatch(/^UNAUTHENTICATED.*\n.*bonafide login/);
    expect(await run(['login'], 'bft_wrong\n')).toMatchObject({ code: 1 });
    expect((await run(['tokens', 'list'])).code).toBe(1);
    const { code, stdout, stderr } = await run(['login'], `${ownerToken}\n`);
    expect(code).toBe(0);
    expect(stdout + stderr).not.toContain(ownerToken);
    const tokens = await run(['tokens', 'list']);
    expect(tokens.code).toBe(0);
    expect(tokens.stdout + tokens.stderr).not.toContain(ownerToken);
  });

  it('asks for one when nothing comes', async () => {
    expect(await run(['login'], '')).toMatchObject({ code: 2, stderr: expect.stringContaining('No token') });
  });
});

describe('approvals', () => {
  const ask = async (name: string) => {
    const parameters = JSON.stringify({ to: 'bob', note: 'a\u001b[2K\u202eb' });
    const args = ['--action', 'money:send', '--risk', 'high', '--parameters', parameters];
    return runJson(['actions', 'verify', ...args, '--agent', name]);
  };
  let name: string;
  beforeEach(async () => {
    name = await newAgent();
    await run(['login'], `${ownerToken}\n`);
  });

  it('shows exactly what will run, escaped, and approves it on a yes', async () => {
    const { approvalId, actionId, parametersDigest } = await ask(name);
    const { code, stdout, stderr } = await run(
      ['approvals', 'approve', approvalId, '--reason', 'fine'],
      'y\n',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^status +approved$/m);
    expect(stderr).toContain(name);
    expect(stderr).toMatch(/action +money:send/);
    expect(stderr).toMatch(/why +High risk needs a person/);
    expect(stderr).toMatch(/trust +0\.755 \(little known\)/);
    expect(stderr).toMatch(/answer by +\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ \(in 1[45] minutes\)/);
    expect(stderr).toContain(parametersDigest);
    expect(stderr).toContain('"note": "a\\u001b[2K\\u202eb"');
    expect(stderr).not.toContain('\u001b');
    expect(stderr).not.toContain('\u202e');
    const action = await runJson(['actions', 'get', actionId, '--agent', name]);
    expect(action).toMatchObject({ status: 'approved', reason: 'fine' });
  });

  it.each(['n\n', '\n', '', 'yesterday\n'])('decides nothing on %j', async (answer) => {
    const { approvalId } = await ask(name);
    const { code, stderr } = await run(['approvals', 'approve', approvalId], answer);
    expect(code).toBe(1);
    expect(stderr).toContain('Nothing was decided');
    expect(await runJson(['approvals', 'get', approvalId])).toMatchObject({ status: 'pending' });
  });

  it('denies without asking when told so, once', async () => {
    const { approvalId, actionId } = await ask(name);
    expect((await run(['approvals', 'deny', approvalId, '--yes'])).code).toBe(0);
    expect(await runJson(['actions', 'get', actionId, '--agent', name])).toMatchObject({ status: 'denied' });
    const again = await run(['approvals', 'approve', approvalId]);
    expect(again).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('CONFLICT: It was denied already'),
    });
    expect(again.stderr).not.toContain('Approve?');
  });

  it('says that a second person must answer where two are demanded', async () => {
    await run(['workspaces', 'update', '--settings', '{"criticalApprovers":2}']);
    const args = ['--action', 'db.drop', '--risk', 'critical', '--agent', name];
    const { approvalId } = await runJson(['actions', 'verify', ...args]);
    const { stdout } = await run(['approvals', 'approve', approvalId, '--yes']);
    expect(stdout).toMatch(/^status +pending: 1 of 2 approved, another person must answer$/m);
    await run(['workspaces', 'update', '--settings', '{"criticalApprovers":1}']);
  });

  it('cannot be decided by the agent itself', async () => {
    const { approvalId } = await ask(name);
    const { code, stderr } = await run(['approvals', 'approve', approvalId, '--yes', '--agent', name]);
    expect(code).toBe(1);
    expect(stderr).toContain('FORBIDDEN');
    expect(await runJson(['approvals', 'get', approvalId])).toMatchObject({ status: 'pending' });
  });

  it('are not decided when the gateway shows other parameters than it binds', async () => {
    const approval = await ask(name).then(({ approvalId }) => runJson(['approvals', 'get', approvalId]));
    const methods: (string | undefined)[] = [];
    const liar = createServer((request, response) => {
      methods.push(request.method);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ...approval, parameters: { to: 'bob', amount: '1' } }));
    }).listen(0, '127.0.0.1');
    await once(liar, 'listening');
    const { port } = liar.address() as AddressInfo;
    const args = ['approvals', 'approve', approval.approvalId, '--yes', '--url', `http://127.0.0.1:${port}`];
    const { code, stderr } = await bonafide(args, { home, env: { BONAFIDE_TOKEN: 'bft_x' } });
    liar.close();
    expect(code).toBe(1);
    expect(stderr).toContain('not those of the digest');
    expect(methods).toEqual(['GET']);
  });
});

describe('events stream', () => {
  it('prints one line per event until Ctrl-C', async () => {
    await run(['login'], `${ownerToken}\n`);
    const child = start(['events', 'stream', '--cursor', '0'], { home, env: { BONAFIDE_URL: url } });
    const lines = createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]();
    const { value: first } = await lines.next();
    expect(JSON.parse(first ?? '')).toMatchObject({ specversion: '1.0', type: 'token.created' });
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
  });
});

it('passes lists, objects and booleans as the operation wants them', async () => {
  const name = await newAgent();
  const register = ['agents', 'update', '--capabilities', 'a:b', '--capabilities', 'c:d', '--is-listed'];
  expect(await runJson([...register, '--agent', name])).toMatchObject({
    capabilities: ['a:b', 'c:d'],
    isListed: true,
  });
  const unlist = ['agents', 'update', '--no-is-listed', '--agent', name];
  expect(await runJson(unlist)).toMatchObject({ capabilities: ['a:b', 'c:d'], isListed: false });
});
