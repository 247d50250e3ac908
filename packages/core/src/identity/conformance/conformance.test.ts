import sodium from 'sodium-native';
import { describe, expect, test } from 'vitest';
import { createSodiumBackend } from '../../node/sodium-backend.ts';
import type { CryptoBackend } from '../backends/backend.ts';
import { createNodeBackend } from '../backends/node.ts';
import { createTweetnaclBackend } from '../backends/tweetnacl.ts';
import { createWebBackend } from '../backends/web.ts';
import { hostileVerdicts } from './hostile-verdicts.ts';
import { createReport, HOSTILE_INPUTS } from './report.ts';

const backends: [string, () => Promise<CryptoBackend | undefined>][] = [
  ['node:crypto', async () => createNodeBackend()],
  ['webcrypto', createWebBackend],
  ['sodium-native', async () => createSodiumBackend(sodium)],
  ['tweetnacl', async () => createTweetnaclBackend()],
];

async function load(create: () => Promise<CryptoBackend | undefined>): Promise<CryptoBackend> {
  const backend = await create();
  if (!backend) throw new Error('This backend must exist in Node.');
  return backend;
}

describe.each(backends)('%s', (name, create) => {
  test('passes every vector', { timeout: 60_000 }, async () => {
    const report = await createReport(await load(create));
    expect(report.failures).toEqual([]);
    expect(report.backend).toBe(name);
    expect(report.checked).toBeGreaterThan(300);
  });
});

test('all backends agree on random and hostile input', { timeout: 60_000 }, async () => {
  const verdicts = new Set<string>();
  for (const [, create] of backends) verdicts.add(await hostileVerdicts(await load(create), HOSTILE_INPUTS));
  expect(verdicts.size).toBe(1);
  const [agreed = ''] = verdicts;
  expect(agreed).toMatch(/^[01]+$/);
  expect(agreed).toContain('1');
  expect(agreed).toContain('0');
});
