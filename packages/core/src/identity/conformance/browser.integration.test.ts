import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNodeBackend } from '../backends/node.ts';
import type { BrowserReport } from './browser-entry.ts';
import { createReport } from './report.ts';

const INSTALLING_CHROMIUM_MS = 600_000;
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
const offline = ['--disable-background-networking', '--disable-component-update'];
// A name that is not localhost over plain http is no secure context: WebCrypto is missing there.
const INSECURE_HOST = 'insecure.test';

let browser: Browser;
let server: Server;
let port: number;

function pathTo(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

async function bundle(): Promise<string> {
  const entryPoints = [pathTo('./browser-entry.ts')];
  const result = await build({ entryPoints, bundle: true, write: false, format: 'esm', platform: 'browser' });
  expect(result.warnings).toEqual([]);
  return result.outputFiles[0]?.text ?? '';
}

function serve(script: string): Promise<Server> {
  const started = createServer((request, response) => {
    const isScript = request.url === '/entry.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><title>conformance</title>');
  });
  return new Promise((resolve) => started.listen(0, '127.0.0.1', () => resolve(started)));
}

async function openPage(host: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`http://${host}:${port}/`);
  return page;
}

async function reportOf(host: string): Promise<BrowserReport> {
  const page = await openPage(host);
  await page.addScriptTag({ url: '/entry.js', type: 'module' });
  return page.evaluate(() => globalThis.report);
}

beforeAll(async () => {
  const executablePath = execFileSync(
    process.execPath,
    [pathTo('../../../../../scripts/ensure-chromium.mjs')],
    {
      encoding: 'utf8',
    },
  ).trim();
  server = await serve(await bundle());
  port = (server.address() as AddressInfo).port;
  const resolver = `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`;
  browser = await chromium.launch({ executablePath, args: [...flags, ...offline, resolver] });
}, INSTALLING_CHROMIUM_MS);

afterAll(async () => {
  await browser?.close();
  await new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
});

async function expectConformance({ reports, hasNodeCrypto }: BrowserReport, names: string[]): Promise<void> {
  const node = createNodeBackend();
  if (!node) throw new Error('Node has node:crypto.');
  const { verdicts } = await createReport(node);
  expect(hasNodeCrypto).toBe(false);
  expect(reports.map(({ backend }) => backend)).toEqual(names);
  for (const report of reports) {
    expect(report.failures).toEqual([]);
    expect(report.checked).toBeGreaterThan(300);
    expect(report.verdicts).toBe(verdicts);
  }
}

test('a page runs every vector on WebCrypto and tweetnacl and agrees with Node on hostile input', async () => {
  const report = await reportOf('127.0.0.1');
  expect(report.selected).toBe('webcrypto');
  await expectConformance(report, ['webcrypto', 'tweetnacl']);
});

test('a page without WebCrypto falls back to tweetnacl', async () => {
  const report = await reportOf(INSECURE_HOST);
  expect(report.selected).toBe('tweetnacl');
  await expectConformance(report, ['tweetnacl']);
});

test('a worker runs every vector', async () => {
  const page = await openPage('127.0.0.1');
  const report = await page.evaluate(
    () =>
      new Promise<BrowserReport>((resolve, reject) => {
        const worker = new Worker('/entry.js', { type: 'module' });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
      }),
  );
  await expectConformance(report, ['webcrypto', 'tweetnacl']);
});
