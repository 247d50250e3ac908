import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Spending } from '../client/types.ts';
import { createSpendingFiles } from './spending-files.ts';

const wallet = `0x${'Ab'.repeat(20)}`;
const accept = (): void => undefined;

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bonafide-spending-'));
  path = join(directory, `${wallet.toLowerCase()}.spending`);
});
afterEach(() => rm(directory, { recursive: true }));

const spend = (
  key: string,
  change: Partial<Spending & { since: number }> = {},
  check: (recent: readonly Spending[]) => void = accept,
) =>
  createSpendingFiles({ directory }).add({ wallet, key, units: 5n, at: 1_000, since: 0, ...change }, check);

async function recent(since = 0): Promise<readonly Spending[]> {
  let seen: readonly Spending[] = [];
  const stop = new Error('only looking');
  await createSpendingFiles({ directory })
    .add({ wallet, key: 'x', units: 0n, at: 0, since }, (spendings) => {
      seen = spendings;
      throw stop;
    })
    .catch(() => undefined);
  return seen;
}

describe('payments in files', () => {
  it('are there again after a restart, 256-bit amounts included, for this user only', async () => {
    const units = 2n ** 256n - 1n;
    await spend('31337 job 1', { units });
    await spend('31337 job 2');
    expect(await recent()).toEqual([
      { key: '31337 job 1', units, at: 1_000 },
      { key: '31337 job 2', units: 5n, at: 1_000 },
    ]);
    expect(await recent(1_000)).toEqual([]);
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual([`${wallet.toLowerCase()}.spending`]);
  });

  it('are not added when the check throws, whose error it is', async () => {
    const refusal = Object.assign(new Error('too much'), { [Symbol.for('bonafide.error')]: true });
    const refuse = (): never => {
      throw refusal;
    };
    await expect(spend('job', {}, refuse)).rejects.toBe(refusal);
    expect(await recent()).toEqual([]);
    await spend('job');
  });

  it('are decided one after the other', async () => {
    const atMost = (count: number) => (spendings: readonly Spending[]) => {
      if (spendings.length >= count) throw new Error('enough');
    };
    const asked = Array.from({ length: 20 }, (_, index) => spend(`job ${index}`, {}, atMost(7)));
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
  });

  it.each([
    ['cut off', '{"at":1,"units":"5"'],
    ['a line without an end', '{"at":1,"units":"5","key":"job 1"}'],
    ['a number with a sign', '{"at":1,"units":"-5","key":"job 1"}\n'],
    ['another order', '{"units":"5","at":1,"key":"job 1"}\n'],
    ['an empty line', '\n'],
    ['nonsense', '\0\0\0\0'],
  ])('are refused when the file is damaged: %s', async (_, text) => {
    await writeFile(path, text);
    await expect(spend('job 2')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining(path),
      details: { reason: 'spending-file' },
    });
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('go on when the process that held the lock was killed', async () => {
    const killed = spawn(process.execPath, ['-e', '']);
    await once(killed, 'exit');
    await writeFile(`${path}.lock`, String(killed.pid));
    await spend('job 1');
    expect(await recent()).toHaveLength(1);
  });

  it('forget what is long past', async () => {
    const old = '{"at":1,"units":"5","key":"old"}\n'.repeat(1_001);
    await writeFile(path, old);
    await spend('job 1', { since: 500 });
    expect((await readFile(path, 'utf8')).split('\n')).toEqual(['{"at":1000,"units":"5","key":"job 1"}', '']);
  });
});
