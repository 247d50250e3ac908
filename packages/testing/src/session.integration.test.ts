import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Agent, type Client, connect, secure } from '@bonafide/core';
import { createKeyPair, signerFromSeed } from '@bonafide/core/identity';
import {
  connectTask,
  connectUser,
  type IncomingMessage,
  openSession,
  type Session,
} from '@bonafide/core/session';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
let gateway: Gateway;
let url: string;
let ownerToken: string;
let owner: Client;
const opened: AsyncDisposable[] = [];

async function start(port = 0): Promise<void> {
  gateway = await createGateway({ database: join(folder, 'gateway.db'), port, logLevel: 'silent' });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-session-'));
  await start();
  ({ ownerToken } = await gateway.createWorkspace('default'));
  ({ url } = await gateway.listen());
  owner = connect({ url, token: ownerToken });
});

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function agentOf(name: string): Promise<Agent> {
  const agent = await secure(name, { url, signer: signerFromSeed(createKeyPair().seed) });
  opened.push(agent);
  return agent;
}

/** Passes requests on, and knows nothing of upgrades. */
async function startPlainProxy(target: string): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url: path } = incoming;
    const { upgrade: _, connection: __, ...passed } = headers;
    const onward = request(new URL(path ?? '/', target), { method, headers: passed }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    });
    outgoing.on('close', () => onward.destroy());
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Carrier = 'websocket' | 'sse';

async function sessionOf(name: string, carrier: Carrier | 'auto' = 'auto'): Promise<Session> {
  const agent = await agentOf(name);
  const session = await agent.connect({ carrier, initialBackoffMs: 5, maxBackoffMs: 50, maxRetries: 0 });
  opened.push(session);
  return session;
}

const nextOf = (session: Session) => session.receive()[Symbol.asyncIterator]();

describe.each<Carrier>(['websocket', 'sse'])('a session over %s', (carrier) => {
  it('is who the agent is, and calls every kind of operation', async () => {
    const session = await sessionOf('worker', carrier);
    expect(session.address).toBe('ag::default::worker::default');
    const { gatewayDid } = session;
    await expect(session.kv.put({ key: 'color', value: 'red' })).resolves.toMatchObject({ version: 1 });
    await expect(session.kv.get({ key: 'color' })).resolves.toMatchObject({ entry: { value: 'red' } });
    const watching = session.kv.watch({ prefix: 'color' })[Symbol.asyncIterator]();
    await expect(watching.next()).resolves.toMatchObject({ done: false });
    await watching.return?.();
    const { items } = await owner.connections.list({});
    expect(items).toMatchObject([{ address: session.address, transport: carrier }]);
    expect(gatewayDid).toMatch(/^did:key:/);
  });

  it('carries messages, answers, and large bodies in both directions', async () => {
    const [a, b] = [await sessionOf('alpha', carrier), await sessionOf('beta', carrier)];
    b.on('chat', async (message) => {
      await message.reply({ length: String(message.body).length });
    });
    const answers = nextOf(a);
    const sent = await a.send(b.address, 'x'.repeat(900_000), { messageId: 'large' });
    expect(sent).toMatchObject({ messageId: 'large', isDuplicate: false });
    await expect(answers.next()).resolves.toMatchObject({
      value: { from: b.address, replyTo: 'large', body: { length: 900_000 } },
    });
    await expect(a.send(b.address, 'x'.repeat(900_000), { messageId: 'large' })).resolves.toMatchObject({
      isDuplicate: true,
    });
  });

  it('keeps order under load, and tells who signed', async () => {
    const [a, b] = [await sessionOf('alpha', carrier), await sessionOf('beta', carrier)];
    const seen: IncomingMessage[] = [];
    const done = Promise.withResolvers<void>();
    b.on('message', (message) => {
      seen.push(message);
      if (seen.length === 501) done.resolve();
    });
    await Promise.all(Array.from({ length: 500 }, (_, index) => a.send(b.address, index)));
    await a.send(b.address, 'last', { sign: true, sealFor: b.signer?.did });
    await done.promise;
    expect(seen.map(({ body }) => body)).toEqual([
      ...Array.from({ length: 500 }, (_, index) => index),
      'last',
    ]);
    expect(seen.at(-1)).toMatchObject({ signedBy: a.signer?.did, isSealed: true });
  });

  it('finds a gateway that was started again, and loses nothing', async () => {
    const [a, b] = [await sessionOf('alpha', carrier), await sessionOf('beta', carrier)];
    const seen: unknown[] = [];
    b.on('message', ({ body }) => void seen.push(body));
    const { port } = new URL(url);
    const sending = Promise.all(Array.from({ length: 50 }, (_, index) => a.send(b.address, index)));
    await gateway[Symbol.asyncDispose]();
    await start(Number(port));
    await gateway.listen();
    await sending;
    await a.send(b.address, 'end');
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(51);
    expect(seen).toEqual([...Array.from({ length: 50 }, (_, index) => index), 'end']);
    expect(b.epoch).toBe(2);
  });

  it('is told when its key is revoked', async () => {
    const session = await sessionOf('worker', carrier);
    const { items } = await owner.agents.list({});
    const [{ agentId } = { agentId: '' }] = items;
    await owner.agents.revoke({ agentId, reason: 'Stolen.' });
    await expect(session.untilDisconnected()).resolves.toMatchObject({ code: 'REVOKED' });
  });
});

describe('sessions', () => {
  it('fall back to events where no WebSocket gets through', async () => {
    const proxy = await startPlainProxy(url);
    opened.push(proxy);
    const signer = signerFromSeed(createKeyPair().seed);
    const agent = await secure('worker', { url, signer });
    opened.push(agent);
    const principal = { type: 'agent', implementation: agent.name } as const;
    const session = await openSession({ url: proxy.url, signer, principal });
    opened.push(session);
    const { items } = await owner.connections.list({});
    expect(items).toMatchObject([{ address: session.address, transport: 'sse' }]);
    await expect(session.kv.put({ key: 'a', value: 1 })).resolves.toMatchObject({ version: 1 });
    const websocket = openSession({
      url: proxy.url,
      signer,
      principal,
      carrier: 'websocket',
      reconnect: false,
    });
    await expect(websocket).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('have one holder for each address', async () => {
    const agent = await agentOf('worker');
    const first = await agent.connect();
    opened.push(first);
    await expect(agent.connect({ reconnect: false })).rejects.toMatchObject({ code: 'CONFLICT' });
    const second = await agent.connect({ takeOver: true });
    opened.push(second);
    expect(second.epoch).toBe(2);
    await expect(first.untilDisconnected()).resolves.toMatchObject({ code: 'CONFLICT' });
  });

  it('of a pool get their id with the welcome, and keep it', async () => {
    const { signer } = await sessionOf('boss');
    const options = { url, signer, implementation: 'crunch' };
    const [one, two] = [await connectTask(options), await connectTask(options)];
    opened.push(one, two);
    expect(one.address).toMatch(/^ta::default::crunch::./);
    expect(one.address).not.toBe(two.address);
  });

  it('of a person are one for each window', async () => {
    const left = await connectUser({ url, token: ownerToken, window: 'left' });
    const right = await connectUser({ url, token: ownerToken, window: 'right' });
    opened.push(left, right);
    expect(left.address).toMatch(/^us::.*::left$/);
    const worker = await sessionOf('worker');
    for (const window of [left, right]) await worker.send(window.address, window.address);
    const seen = await Promise.all([left, right].map((window) => nextOf(window).next()));
    expect(seen.map(({ value }) => value?.body)).toEqual([left.address, right.address]);
  });

  it('move to another workspace and back, each with its own inbox', async () => {
    const next = await owner.workspaces.create({ name: 'next' });
    const there = connect({ url, token: next.ownerToken });
    const session = await sessionOf('worker');
    const peer = await sessionOf('peer');
    const home = session.address;
    await expect(session.switchWorkspace('next')).rejects.toMatchObject({
      code: expect.stringMatching(/FORBIDDEN|NOT_FOUND/),
    });
    expect(session.address).toBe(home);
    const { items } = await owner.agents.list({});
    const agentId = items.find(({ name }) => name === 'worker')?.agentId;
    const who = { principalType: 'agent', principalId: `agent:${agentId}` } as const;
    await there.acl.createRule({ ...who, resourceType: 'workspace', resourceId: 'next', level: 20 });
    await there.acl.createRule({ ...who, resourceType: 'principal', resourceId: 'agent', level: 30 });
    const seen: unknown[] = [];
    session.on('message', ({ body }) => void seen.push(body));
    await expect(session.switchWorkspace('next')).resolves.toBe('ag::next::worker::default');
    expect(session).toMatchObject({ workspace: 'next', config: { workspace: 'next' } });
    await peer.send(home, 'while away');
    await expect(session.switchWorkspace('default')).resolves.toBe(home);
    await expect.poll(() => seen, { timeout: 20_000 }).toEqual(['while away']);
  });

  it('work on tasks until nothing is left', async () => {
    const boss = await sessionOf('boss');
    const workers = await Promise.all(
      [1, 2, 3].map(() => connectTask({ url, signer: boss.signer, implementation: 'crunch' })),
    );
    opened.push(...workers);
    const tasks = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        boss.tasks.create({ taskType: 'square', implementation: 'crunch', payload: index }),
      ),
    );
    for (const worker of workers) {
      opened.push(worker.work({ concurrency: 2 }, ({ task }) => Number(task.payload) ** 2));
    }
    const results = await Promise.all(
      tasks.map(async ({ taskId }) => {
        await expect
          .poll(() => boss.tasks.get({ taskId }), { timeout: 20_000 })
          .toMatchObject({ status: 'completed' });
        return (await boss.tasks.get({ taskId })).result;
      }),
    );
    expect(results).toEqual(tasks.map((_, index) => index ** 2));
  });
});
