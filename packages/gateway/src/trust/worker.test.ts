import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nounTopic } from '../bus/bus.ts';
import { createMemoryBus } from '../bus/memory/memory-bus.ts';
import { createLedger } from '../ledger.ts';
import { openSqliteStore } from '../stores/sqlite/open.ts';
import type { Store } from '../stores/store.ts';
import type { Worker } from '../workers.ts';
import { startTrustWorker } from './worker.ts';

const NOW = '2026-06-15T12:00:00.000Z';
const OLD = '2026-06-14T12:00:00.000Z';
const SOON = { timeout: 20_000, interval: 20 };
const KEY = { workspace: 'a', id: 'x' };

let folder: string;
let store: Store;
let bus: ReturnType<typeof createMemoryBus>;
let lines: string[];
let workers: Worker[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-trust-'));
  store = openSqliteStore(join(folder, 'store.db'));
  bus = createMemoryBus();
  lines = [];
  workers = [];
  await store.commit((tables) =>
    tables.agents.insert({
      ...{ agentId: 'x', did: 'd', name: 'x', agentType: 'ai_agent', description: '', capabilities: [] },
      ...{ status: 'active', isListed: false, workspace: 'a', previousDids: [] },
      ...{ createdAt: NOW, updatedAt: NOW },
    }),
  );
});
afterEach(async () => {
  await stop();
  await store.close();
  await rm(folder, { recursive: true });
});

async function stop(): Promise<void> {
  await Promise.all(workers.map((worker) => worker.stop()));
}

/** Starts a worker on the store, or on what is put before it. */
function start(used: Store = store): void {
  const now = () => Date.parse(NOW);
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const services = { store: used, bus, now, ledger: createLedger({ store: used, bus, now }) };
  workers.push(startTrustWorker({ services, log: pino(sink) }));
}

const append = (count: number, time = NOW) =>
  store.commit(({ events }) => {
    for (let index = 0; index < count; index += 1) {
      const data = { agentId: 'x', index };
      events.append({ workspace: 'a', type: 'action.approved', subject: 's', time, data });
    }
  });
const counted = () =>
  store.read.tallies.getSumSince({ workspace: 'a', agentId: 'x', day: '2026-01-01' }).approved;
const numerator = () => store.read.trustScores.get(KEY)?.factors.verification.numerator;

describe('the trust worker', { timeout: 60_000 }, () => {
  it('catches up with whatever happened before it was started, in batches', async () => {
    await append(2500);
    start();
    await expect.poll(numerator, SOON).toBe(2500);
    expect([counted(), store.read.tallies.getCursor()]).toEqual([2500, 2500]);
  });

  it('counts nothing again after a restart, and computes all scores anew', async () => {
    await append(10);
    start();
    await expect.poll(numerator, SOON).toBe(10);
    await stop();
    await store.commit((tables) =>
      tables.tallies.add({ workspace: 'a', agentId: 'x', day: '2026-06-15' }, { denied: 30 }),
    );
    start();
    await expect.poll(() => store.read.trustScores.get(KEY)?.factors.verification.denominator, SOON).toBe(40);
    expect(counted()).toBe(10);
    expect(store.read.trustHistory.list(KEY, { limit: 1 })[0]?.reason).toBe('The gateway started.');
  });

  it('counts each event once though two of them share a database', async () => {
    await append(3000);
    start();
    start();
    await expect.poll(numerator, SOON).toBe(3000);
    await stop();
    expect(counted()).toBe(3000);
  });

  it('says when events were gone before it could count them, and goes on', async () => {
    await append(5, OLD);
    await append(3);
    await store.commit(({ events }) => events.prune(NOW));
    start();
    await expect.poll(numerator, SOON).toBe(3);
    expect(
      lines.filter((line) => line.includes('events were removed before trust could count')),
    ).toHaveLength(1);
  });

  it('says when it could not write, and loses nothing by it', async () => {
    let failures = 3;
    const failing: Store = {
      ...store,
      commit: (work) => (failures-- > 0 ? Promise.reject(new Error('disk full')) : store.commit(work)),
    };
    await append(7);
    start(failing);
    await expect
      .poll(() => {
        bus.publish([nounTopic('action')]);
        return numerator();
      }, SOON)
      .toBe(7);
    expect(counted()).toBe(7);
    expect(lines.filter((line) => line.includes('trust scores are behind')).length).toBeGreaterThan(0);
  });
});
