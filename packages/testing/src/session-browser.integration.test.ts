import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { secure } from '@bonafide/core';
import { createKeyPair, signerFromSeed, toBase64Url } from '@bonafide/core/identity';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

const INSTALLING_CHROMIUM_MS = 600_000;
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];

let folder: string;
let browser: Browser;
let pages: Server;
let origin: string;
let gateway: Gateway;
let url: string;

const pathTo = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

async function servePages(): Promise<Server> {
  const entryPoints = [pathTo('./session-page.ts')];
  const result = await build({ entryPoints, bundle: true, write: false, format: 'esm', platform: 'browser' });
  const server = createServer((request, response) => {
    const isScript = request.url === '/entry.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? result.outputFiles[0]?.contents : '<!doctype html><title>session</title>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

beforeAll(async () => {
  const ensure = pathTo('../../../scripts/ensure-chromium.mjs');
  const executablePath = execFileSync(process.execPath, [ensure], { encoding: 'utf8' }).trim();
  browser = await chromium.launch({ executablePath, args: flags });
  pages = await servePages();
  origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  folder = await mkdtemp(join(tmpdir(), 'bonafide-page-'));
  gateway = await createGateway({
    ...{ database: join(folder, 'gateway.db'), port: 0, logLevel: 'silent', allowedOrigins: [origin] },
  });
  await gateway.createWorkspace('default');
  ({ url } = await gateway.listen());
}, INSTALLING_CHROMIUM_MS);

afterAll(async () => {
  await browser?.close();
  pages?.close();
  await gateway?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test('a page in a real browser holds a session: signed messages both ways, and a key', async () => {
  const keyPair = createKeyPair();
  await using page = await secure('page', { url, signer: signerFromSeed(keyPair.seed) });
  await using peer = await secure('peer', { url, signer: signerFromSeed(createKeyPair().seed) });
  await using session = await peer.connect();
  const signers: unknown[] = [];
  session.on('chat', async (message) => {
    signers.push(message.signedBy);
    await message.reply({ heard: message.body }, { sign: true });
  });
  const tab = await browser.newPage();
  await tab.goto(origin);
  await tab.addScriptTag({ url: '/entry.js', type: 'module' });
  const request = { url, privateKey: toBase64Url(keyPair.seed), peer: session.address };
  const report = await tab.evaluate((given) => globalThis.talk(given), request);
  expect(report).toEqual({
    address: 'ag::default::page::default',
    answer: { heard: { from: true } },
    signedBy: peer.did,
    version: 1,
    epochs: [1],
  });
  expect(signers).toEqual([page.did]);
});
