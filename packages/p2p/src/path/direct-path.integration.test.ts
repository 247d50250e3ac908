import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { HIGH_WATER_BYTES, MAX_PACKET_BYTES } from './path.ts';
import { createInteropEnd, type InteropEnd } from './testing/interop-end.ts';

const INSTALLING_CHROMIUM_MS = 600_000;
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
const offline = ['--disable-background-networking', '--disable-component-update'];
// Nothing leaves this machine: only the loopback interface, which Chromium hides behind mDNS otherwise.
const loopback = ['--allow-loopback-in-peer-connection', '--disable-features=WebRtcHideLocalIpsWithMdns'];

const PACKETS = 2_000;
const methods = [
  ...['offer', 'answer', 'accept', 'addCandidate', 'opened', 'check', 'send', 'sendDatagram', 'received'],
  ...['close', 'closed'],
] as const;

type OnCandidate = (candidate: RTCIceCandidateInit) => void;
type Opens = (onCandidate: OnCandidate) => Promise<InteropEnd>;

let browser: Browser;
let server: Server;
let origin: string;
const pages: Page[] = [];

const pathTo = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

beforeAll(async () => {
  const ensure = pathTo('../../../../scripts/ensure-chromium.mjs');
  const executablePath = execFileSync(process.execPath, [ensure], { encoding: 'utf8' }).trim();
  browser = await chromium.launch({ executablePath, args: [...flags, ...offline, ...loopback] });
  const entryPoints = [pathTo('./testing/interop-page.ts')];
  const bundled = await build({
    entryPoints,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
  });
  server = createServer((request, response) => {
    const isScript = request.url === '/entry.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? bundled.outputFiles[0]?.contents : '<!doctype html><title>interop</title>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, INSTALLING_CHROMIUM_MS);

afterEach(async () => {
  for (const page of pages.splice(0)) await page.close();
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** An end in a page of its own; every call goes there. */
async function openPageEnd(onCandidate: OnCandidate): Promise<InteropEnd> {
  const page = await browser.newPage();
  pages.push(page);
  await page.exposeFunction('tellCandidate', onCandidate);
  await page.goto(origin);
  await page.addScriptTag({ url: '/entry.js', type: 'module' });
  await page.evaluate(() => globalThis.openEnd());
  const call = (method: string) => (argument: unknown) =>
    page.evaluate(
      ([name, given]) =>
        (globalThis.end as unknown as Record<string, (given: unknown) => unknown>)[name]?.(given),
      [method, argument] as const,
    );
  return Object.fromEntries(methods.map((method) => [method, call(method)])) as unknown as InteropEnd;
}

interface Connected {
  readonly caller: InteropEnd;
  readonly callee: InteropEnd;
  readonly offer: string;
  readonly answer: string;
}

// As the connector does it: candidates wait for both descriptions.
async function connect(openCaller: Opens, openCallee: Opens): Promise<Connected> {
  const { promise: described, resolve } = Promise.withResolvers<Connected>();
  const caller = await openCaller(async (candidate) => (await described).callee.addCandidate(candidate));
  const callee = await openCallee(async (candidate) => (await described).caller.addCandidate(candidate));
  const offer = await caller.offer();
  const answer = await callee.answer(offer);
  await caller.accept(answer);
  resolve({ caller, callee, offer, answer });
  await Promise.all([caller.opened(), callee.opened()]);
  return described;
}

const pairs: [string, Opens, Opens][] = [
  ['Node calls Chromium', createInteropEnd, openPageEnd],
  ['Chromium calls Node', openPageEnd, createInteropEnd],
  ['Chromium calls Chromium', openPageEnd, openPageEnd],
];

test.each(pairs)('%s: packets, datagrams, back-pressure and the end', async (_, openCaller, openCallee) => {
  const { caller, callee, offer, answer } = await connect(openCaller, openCallee);
  await caller.check(answer);
  await callee.check(offer);
  await expect(caller.check(offer)).rejects.toThrow('the fingerprints differ');
  const sent = await Promise.all([caller.send(PACKETS), callee.send(PACKETS)]);
  await Promise.all([caller.sendDatagram(1_200), callee.sendDatagram(7)]);
  const wanted = { packets: PACKETS, datagrams: 1 };
  const [byCaller, byCallee] = await Promise.all([caller.received(wanted), callee.received(wanted)]);
  expect(byCaller).toMatchObject({ packets: PACKETS, wrong: undefined, datagrams: [7] });
  expect(byCallee).toMatchObject({ packets: PACKETS, wrong: undefined, datagrams: [1_200] });
  for (const { mostBuffered, drains } of sent) {
    expect(mostBuffered).toBeLessThanOrEqual(HIGH_WATER_BYTES + MAX_PACKET_BYTES);
    expect(drains).toBeGreaterThan(0);
  }
  await caller.close();
  expect(await callee.closed()).toBe('UNAVAILABLE');
  expect(await caller.closed()).toBeUndefined();
});

test.each(pairs)('%s: what is sent right before the end arrives', async (_, openCaller, openCallee) => {
  const { caller, callee } = await connect(openCaller, openCallee);
  await callee.send(20);
  await callee.close();
  expect(await caller.closed()).toBe('UNAVAILABLE');
  expect(await caller.received({ packets: 20, datagrams: 0 })).toMatchObject({
    packets: 20,
    wrong: undefined,
  });
});
