import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openPeerWorld, type PeerWorld } from '../../test/peer-world.ts';
import { createPeerEnd, type PeerEnd } from '../testing/peer-end.ts';
import type { PeersOptions } from './types.ts';

const INSTALLING_CHROMIUM_MS = 600_000;
/** ICE waits some seconds for an answer before it calls itself disconnected. */
const NOTICING_A_LOSS = { timeout: 60_000, interval: 50 };
const PAGE = 'https://page.example';
const STRANGER = 'https://stranger.example';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
const offline = ['--disable-background-networking', '--disable-component-update'];
// Nothing leaves this machine: only the loopback interface, which Chromium hides behind mDNS and asks its user about otherwise.
const loopback = [
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks',
];
const args = [...flags, ...offline, ...loopback];

const methods = ['open', 'connect', 'look', 'begin', 'write', 'finish', 'connections', 'close'] as const;

type Opens = () => Promise<PeerEnd>;

let executablePath: string;
let script: string;
let browser: Browser;
let world: PeerWorld;
const pages = new Map<PeerEnd, Page>();
const cleanup: (() => Promise<unknown>)[] = [];

const pathTo = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

beforeAll(async () => {
  const ensure = pathTo('../../../../scripts/ensure-chromium.mjs');
  executablePath = execFileSync(process.execPath, [ensure], { encoding: 'utf8' }).trim();
  browser = await chromium.launch({ executablePath, args });
  const entryPoints = [pathTo('../testing/peer-page.ts')];
  const settings = { bundle: true, write: false, format: 'esm', platform: 'browser' } as const;
  const { outputFiles } = await build({ entryPoints, ...settings });
  script = outputFiles[0]?.text ?? '';
  world = await openPeerWorld({ allowedOrigins: [PAGE] });
}, INSTALLING_CHROMIUM_MS);

afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
  pages.clear();
});

afterAll(async () => {
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
});

async function inNode(): Promise<PeerEnd> {
  const end = createPeerEnd();
  cleanup.push(end.close);
  return end;
}

interface Where {
  readonly browser: Browser;
  readonly origin: string;
}

/** An end in a page of its own; every call goes there. */
async function inPage(where: Partial<Where> = {}): Promise<PeerEnd> {
  const { origin = PAGE } = where;
  const page = await (where.browser ?? browser).newPage();
  await page.route(`${origin}/`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>peer</title>' }),
  );
  await page.goto(`${origin}/`);
  await page.addScriptTag({ content: script, type: 'module' });
  // A module runs some time after it was added.
  await page.waitForFunction(() => globalThis.peerEnd !== undefined);
  const call = (method: string) => (argument: unknown) =>
    page.evaluate(
      ([name, given]) =>
        (globalThis.peerEnd as unknown as Record<string, (given: unknown) => unknown>)[name]?.(given),
      [method, argument] as const,
    );
  const end = Object.fromEntries(methods.map((method) => [method, call(method)])) as unknown as PeerEnd;
  pages.set(end, page);
  cleanup.push(async () => page.close(), end.close);
  return end;
}

/** A machine that can be put to sleep: a browser whose processes all stop. */
async function openSleeper() {
  const server = await chromium.launchServer({ executablePath, args });
  const group = -(server.process().pid ?? Number.NaN);
  const sleeper = {
    browser: await chromium.connect(server.wsEndpoint()),
    sleep: () => process.kill(group, 'SIGSTOP'),
    wake: () => process.kill(group, 'SIGCONT'),
  };
  cleanup.push(() => server.close());
  cleanup.push(async () => sleeper.wake());
  return sleeper;
}

let count = 0;
const openEnd = (end: PeerEnd, iceServers?: PeersOptions['iceServers']): Promise<string> => {
  count += 1;
  return end.open({ url: world.url, name: `end-${count}`, iceServers });
};

async function connect(openCaller: Opens, openCallee: Opens) {
  const [caller, callee] = [await openCaller(), await openCallee()];
  const [callerDid, did] = [await openEnd(caller), await openEnd(callee)];
  expect(await caller.connect(did)).toEqual({ state: 'connected', path: 'direct' });
  return { caller, callee, callerDid, did };
}

const pairs: [string, Opens, Opens][] = [
  ['Node calls Chromium', inNode, inPage],
  ['Chromium calls Node', inPage, inNode],
  ['Chromium calls Chromium', inPage, inPage],
];

test.each(pairs)('%s: an execution with progress, chunks, bytes and a result', async (_, opens, answers) => {
  const { caller, did } = await connect(opens, answers);
  expect(await caller.begin({ did, to: 3 })).toContainEqual({ fraction: 0.5, step: 'bytes' });
  await caller.write(100_000);
  await caller.write(100_000);
  expect(await caller.finish()).toEqual({ result: 200_000, chunks: [1, 2, 3] });
});

test('a page is the DTLS server for Node, which insists on that where it has a TURN server', async () => {
  const [caller, callee] = [await inNode(), await inPage()];
  await openEnd(caller, [{ urls: 'turn:127.0.0.1:9', username: 'any', credential: 'any' }]);
  const did = await openEnd(callee);
  expect(await caller.connect(did)).toEqual({ state: 'connected', path: 'direct' });
});

test('ICE restarts between two pages of which one slept, and what runs goes on over the same connection', async () => {
  const sleeper = await openSleeper();
  const { caller, callee, callerDid, did } = await connect(inPage, () => inPage(sleeper));
  await caller.begin({ did, to: 2 });
  await caller.write(1_000);
  const [before] = await caller.connections();
  sleeper.sleep();
  const connection = async () => (await caller.connections())[0];
  // Without an answer the caller offers new credentials, which wait at the gateway.
  await expect.poll(connection, NOTICING_A_LOSS).toMatchObject({ isNegotiated: false });
  await caller.write(1_000);
  sleeper.wake();
  const [own, theirs] = before?.credentials ?? [];
  await expect.poll(connection, NOTICING_A_LOSS).toEqual({
    state: 'connected',
    isNegotiated: true,
    credentials: [expect.not.stringContaining(own ?? ''), expect.not.stringContaining(theirs ?? '')],
  });
  expect(await caller.finish()).toEqual({ result: 2_000, chunks: [1, 2] });
  expect([await caller.connections(), await callee.connections()].map(({ length }) => length)).toEqual([
    1, 1,
  ]);
  expect(await caller.look(did)).toEqual({ state: 'connected', path: 'direct' });
  expect(await callee.look(callerDid)).toEqual({ state: 'connected', path: 'direct' });
});

test('a page of an origin that the gateway does not know has no agent', async () => {
  const end = await inPage({ origin: STRANGER });
  await expect(openEnd(end)).rejects.toThrow('cannot be reached');
});

test('the key of a page is nowhere but in its memory', async () => {
  const end = await inPage();
  await openEnd(end);
  const stored = await pages.get(end)?.evaluate(async () => ({
    local: { ...localStorage },
    session: { ...sessionStorage },
    cookies: document.cookie,
    databases: await indexedDB.databases(),
  }));
  expect(stored).toEqual({ local: {}, session: {}, cookies: '', databases: [] });
});
