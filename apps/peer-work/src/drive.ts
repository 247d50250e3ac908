import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { tell } from '@bonafide/app-kit';
import { chromium, type Page } from 'playwright-core';
import { paintRow } from './picture.ts';
import { findPlace } from './places.ts';
import type { Stage } from './stage.ts';

const PATIENCE_MS = 120_000;
// Only loopback: by default a browser neither uses it for peers nor tells what its addresses are.
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--allow-loopback-in-peer-connection', '--disable-features=WebRtcHideLocalIpsWithMdns'],
];

/** Does in a real browser what a person would, and asserts what the page shows. */
export async function drive(stage: Stage, screenshot: string | undefined): Promise<void> {
  const ensure = fileURLToPath(new URL('../../../scripts/ensure-chromium.mjs', import.meta.url));
  const executablePath = execFileSync(process.execPath, [ensure], { encoding: 'utf8' }).trim();
  await using browser = await chromium.launch({ executablePath, args: FLAGS });
  const page = await browser.newPage({ viewport: { width: 860, height: 1_180 }, deviceScaleFactor: 1 });
  page.setDefaultTimeout(PATIENCE_MS);
  const failures: string[] = [];
  page.on('pageerror', ({ message }) => void failures.push(message));
  await page.goto(stage.url);
  await checkConnected(page, stage);
  await checkDeclined(page);
  await checkQuote(page);
  await checkWork(page);
  assert.deepEqual(failures, [], 'the page had no errors');
  if (screenshot) await page.screenshot({ path: screenshot, fullPage: true });
}

const text = async (page: Page, id: string) => (await page.locator(`#${id}`).textContent())?.trim() ?? '';

async function waitForStatus(page: Page, expected: RegExp): Promise<void> {
  const status = page.locator('#status');
  const settled = page.locator('#status', { hasText: expected }).or(page.locator('#status[data-kind=error]'));
  await settled.waitFor();
  assert.match((await status.textContent()) ?? '', expected);
}

async function checkConnected(page: Page, { painterDid }: Stage): Promise<void> {
  await waitForStatus(page, /^Connected/);
  assert.equal(await text(page, 'peer-did'), painterDid, 'the page found the painter');
  assert.match(await text(page, 'own-did'), /^did:key:z6Mk/);
  assert.equal(await text(page, 'path'), 'direct', 'nobody is between them');
  tell('page', `connected to ${painterDid.slice(0, 20)}…, ${await text(page, 'path')}`);
}

async function checkDeclined(page: Page): Promise<void> {
  await page.fill('#wish', 'Write me a poem');
  await page.click('#ask-button');
  await waitForStatus(page, /declined/);
  assert.equal(await page.isDisabled('#accept'), true, 'what was declined cannot be accepted');
}

async function checkQuote(page: Page): Promise<void> {
  await page.fill('#wish', 'Paint the seahorse valley of the Mandelbrot set');
  await page.click('#ask-button');
  await waitForStatus(page, /^There is an offer/);
  assert.equal(await text(page, 'price'), '0.05 USDC');
  tell('page', `was offered: ${await text(page, 'offer')} ${await text(page, 'price')}`);
}

async function checkWork(page: Page): Promise<void> {
  await page.click('#accept');
  await waitForStatus(page, /^Done/);
  const shown = await text(page, 'result');
  assert.ok(shown.includes('digest matches'), 'every byte arrived as it was painted');
  const digest = await page.locator('#result').getAttribute('data-digest');
  assert.equal(digest, expectedDigest(), 'and it was painted as asked');
  assert.equal(await page.locator('#progress').evaluate((bar: HTMLProgressElement) => bar.value), 1);
  tell('page', `shows: ${shown}`);
}

/** The same picture, painted here. */
function expectedDigest(): string {
  const place = findPlace('seahorse');
  assert.ok(place);
  const hash = createHash('sha256');
  const size = { width: 640, height: 400 };
  for (let row = 0; row < size.height; row += 1) hash.update(paintRow({ ...place, ...size }, row));
  return hash.digest('hex');
}
