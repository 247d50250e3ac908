import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Client, connect } from '@bonafide/core';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../scripts/bundle.ts';
import { clients } from './test-clients.ts';

const KEY = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';

let folder = '';
let gateway: Gateway;
let owner: Client;
const started: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-mcp-gateway-'));
  await bundle(folder);
  gateway = await createGateway({
    database: join(folder, 'gateway.db'),
    port: 0,
    logLevel: 'silent',
    policy: `@id("no-stealing") @reason("No stealing.")
      forbid (principal, action, resource == Operation::"bank.steal");`,
  });
  const { ownerToken } = await gateway.createWorkspace('default');
  const { url } = await gateway.listen();
  owner = connect({ url, token: ownerToken });
});

afterAll(async () => {
  await Promise.all(started.map(stop));
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const script = (): string => join(folder, 'bonafide-mcp.mjs');
const env = (more: Record<string, string> = {}) => ({ HOME: folder, BONAFIDE_URL: gateway.url, ...more });

/** Starts the bin on a free port and resolves with what it announces. */
async function startHttp(): Promise<string> {
  const server = spawn(process.execPath, [script(), '--http', '0'], {
    env: env({ BONAFIDE_AGENT_NAME: 'over-http' }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  started.push(server);
  for await (const line of createInterface({ input: server.stderr })) {
    const url = /listening on (\S+)/.exec(line)?.[1];
    if (url) return url;
  }
  throw new Error('the server ended before it listened');
}

function stop(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    server.once('exit', () => resolve());
    server.kill('SIGTERM');
  });
}

describe.each(clients)('%s', (name, connectClient) => {
  it.each(['stdio', 'HTTP'])('acts as its agent over %s', async (transport) => {
    await using client = await connectClient(
      transport === 'HTTP' ? { url: await startHttp() } : { script: script(), env: env() },
    );

    const asked = await client.call('actions_verify', {
      ...{ action: 'report.read', parameters: { for: name }, risk: 'low' },
    });
    expect(asked).toMatchObject({ structuredContent: { action: 'report.read', status: 'approved' } });
    expect(JSON.parse(asked.content[0]?.text ?? '')).toEqual(asked.structuredContent);
    expect(await client.call('actions_verify', { action: 'bank.steal' })).toMatchObject({
      structuredContent: { status: 'denied', reason: expect.stringContaining('No stealing.') },
    });

    const found = await client.call('agents_find', {});
    expect(found).toMatchObject({
      structuredContent: { items: expect.arrayContaining([expect.objectContaining({ status: 'active' })]) },
    });

    expect(await client.call('jobs_get', { jobId: 'one' })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/^VALIDATION_FAILED: .*jobId/) }],
    });
    // This gateway serves no chain.
    expect(await client.call('jobs_get', { jobId: '1' })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/^UNAVAILABLE: /) }],
    });
  });
});

describe('bonafide-mcp at a gateway', () => {
  it('lets a model send messages, share keys and give tasks with the toolset for it', async () => {
    const [, connectClient] = clients[0] ?? [];
    if (!connectClient) throw new Error('no client');
    const args = ['--toolsets', 'coordination'];
    const named = env({ BONAFIDE_AGENT_NAME: 'teammate' });
    await using client = await connectClient({ script: script(), args, env: named });

    const tools = await client.list();
    const offered = ['messages_send', 'messages_list', 'messages_acknowledge', 'kv_put', 'tasks_create'];
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(offered));
    const isTold = { annotations: { readOnlyHint: expect.any(Boolean) }, outputSchema: { type: 'object' } };
    for (const tool of tools) expect(tool).toMatchObject(isTold);

    const to = 'ag::default::teammate::default';
    const sent = await client.call('messages_send', { to, body: { text: 'note to self' } });
    expect(sent).toMatchObject({ structuredContent: { sequence: 1, isDuplicate: false } });
    expect(await client.call('messages_list', {})).toMatchObject({
      structuredContent: { items: [{ from: to, kind: 'chat', body: { text: 'note to self' }, sequence: 1 }] },
    });
    expect(await client.call('messages_acknowledge', { sequences: [1] })).toMatchObject({
      structuredContent: { acknowledged: 1 },
    });
    expect(await client.call('kv_put', { key: 'team/goal', value: 'Oslo' })).toMatchObject({
      structuredContent: { version: 1 },
    });
    expect(await client.call('tasks_create', { taskType: 'resize', mode: 'self' })).toMatchObject({
      structuredContent: { status: 'pending', mode: 'self' },
    });
    const [wrong] = (await client.call('messages_send', { to: 'nobody', body: 1 })).content;
    expect(wrong?.text).toMatch(/^VALIDATION_FAILED: .*ag::workspace::implementation::specifier/s);
  });

  it('offers peers where @bonafide/p2p was installed beside it, and elsewhere says what to install', async () => {
    const [, connectClient] = clients[0] ?? [];
    if (!connectClient) throw new Error('no client');
    const args = ['--toolsets', 'peers'];
    const named = env({ BONAFIDE_AGENT_NAME: 'neighbour' });
    {
      await using client = await connectClient({ script: script(), args, env: named });
      const offered = ['peers_connect', 'peers_send_intent', 'peers_execute', 'peers_close', 'peers_list'];
      expect((await client.list()).map(({ name }) => name)).toEqual(offered);
      const [refused] = (await client.call('peers_list', {})).content;
      expect(refused?.text).toMatch(/^UNSUPPORTED: Peers need @bonafide\/p2p/);
    }
    const beside = join(folder, 'node_modules', '@bonafide');
    await mkdir(beside, { recursive: true });
    await symlink(fileURLToPath(new URL('../../p2p', import.meta.url)), join(beside, 'p2p'));
    await using client = await connectClient({ script: script(), args, env: named });
    expect(await client.call('peers_list', {})).toMatchObject({ structuredContent: { items: [] } });
  });

  it('keeps the key it made, and is the same agent the next time', async () => {
    const [, connectClient] = clients[0] ?? [];
    if (!connectClient) throw new Error('no client');
    for (const _start of [1, 2]) {
      await using client = await connectClient({
        script: script(),
        env: env({ BONAFIDE_AGENT_NAME: 'again' }),
      });
      expect((await client.call('actions_verify', { action: 'a.b' })).isError).toBeFalsy();
    }
    expect(await readdir(join(folder, '.bonafide', 'agents'))).toContain('again.json');
    const { items } = await owner.agents.list({});
    expect(items.filter((agent) => agent.name === 'again')).toHaveLength(1);
  });

  it('connects at the first call that can, after one that could not', async () => {
    const [, connectClient] = clients[2] ?? [];
    if (!connectClient) throw new Error('no client');
    const late = await createGateway({ database: join(folder, 'late.db'), port: 0, logLevel: 'silent' });
    const { url } = await late.listen();
    await late[Symbol.asyncDispose]();
    await using client = await connectClient({ script: script(), env: env({ BONAFIDE_URL: url }) });
    expect(await client.call('agents_find', {})).toMatchObject({ isError: true });

    const back = await createGateway({
      database: join(folder, 'late.db'),
      port: Number(new URL(url).port),
      logLevel: 'silent',
    });
    await back.listen();
    try {
      expect((await client.call('agents_find', {})).isError).toBeFalsy();
    } finally {
      await back[Symbol.asyncDispose]();
    }
  });

  it('says what to do about a key that the gateway revoked', async () => {
    const [, connectClient] = clients[1] ?? [];
    if (!connectClient) throw new Error('no client');
    const target = {
      script: script(),
      env: env({ BONAFIDE_AGENT_NAME: 'doomed', BONAFIDE_PRIVATE_KEY: KEY }),
    };
    await using client = await connectClient(target);
    expect((await client.call('agents_find', {})).isError).toBeFalsy();
    const doomed = (await owner.agents.list({})).items.find((agent) => agent.name === 'doomed');
    await owner.agents.revoke({ agentId: doomed?.agentId ?? '', reason: 'Test.' });
    const refused = await client.call('agents_find', {});
    expect(refused).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/^REVOKED: /) }],
    });
    expect(JSON.stringify(refused) + client.stderr()).not.toContain(KEY);
  });
});
