import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { OperationId } from '@bonafide/core/operations';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newSigner, signed, toAnswer, toRequest } from '../testing/test-gateway.ts';

const bin = fileURLToPath(new URL('../../bin/bonafide-gateway.js', import.meta.url));
const SOON = { timeout: 60_000, interval: 100 };

let folder: string;
let child: ChildProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-trust-'));
});
afterEach(async () => {
  await kill();
  await rm(folder, { recursive: true });
});

async function kill(): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function start(port: string): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    BONAFIDE_PORT: port,
    BONAFIDE_DATABASE: join(folder, 'gateway.db'),
    BONAFIDE_RATE_LIMIT_BURST: '1000000',
    BONAFIDE_RATE_LIMIT_PER_SECOND: '1000000',
    BONAFIDE_LOG_LEVEL: 'silent',
  };
  const started = spawn(process.execPath, [bin], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  child = started;
  for await (const line of createInterface({ input: started.stdout })) {
    const url = /listening on (\S+)/.exec(line)?.[1];
    if (url) return url;
  }
  throw new Error('the gateway did not start');
}

describe('kill -9 while events are being counted', () => {
  it('counts every event once, however often it is killed', async () => {
    const signer = newSigner();
    let url = await start('0');
    const { port } = new URL(url);
    const call = async (id: OperationId, input: object = {}) => {
      const request = toRequest(id, { input });
      return toAnswer(await fetch(url + request.path, await signed(url, { sender: { signer }, request })));
    };
    const counted = async (): Promise<number> =>
      (await call('trust.get', { detailed: true })).body.factors.successRate.denominator;
    /** Logs actions without end, as far as the gateway lives. */
    const log = async () => {
      try {
        for (;;) await call('actions.log', { action: 'a.b', outcome: 'executed' });
      } catch {
        // Killed.
      }
    };
    const stored = async () => {
      let count = 0;
      for (let cursor: string | undefined; ; ) {
        const { body } = await call('actions.list', { limit: 100, ...(cursor ? { cursor } : {}) });
        count += body.items.length;
        cursor = body.nextCursor;
        if (!cursor) return count;
      }
    };
    await call('agents.register', { name: 'alice' });
    for (let round = 0; round < 3; round += 1) {
      const before = await counted();
      const logs = [log(), log(), log()];
      // Killed at the moment when the count moves, with more to count already there.
      await expect.poll(counted, { timeout: 60_000, interval: 1 }).toBeGreaterThan(before);
      await kill();
      await Promise.all(logs);
      url = await start(port);
    }
    const total = await stored();
    expect(total).toBeGreaterThan(3);
    await expect.poll(counted, SOON).toBe(total);
    await kill();
    url = await start(port);
    await call('actions.log', { action: 'a.b', outcome: 'failed' });
    await expect.poll(counted, SOON).toBe(total + 1);
  });
});
