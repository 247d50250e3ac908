import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyPair } from '@bonafide/core/identity';
import { pino } from 'pino';
import { createMemoryBus } from '../../bus/memory/memory-bus.ts';
import type { Services } from '../../context.ts';
import { createLedger, type Transaction } from '../../ledger.ts';
import { createOutbound } from '../../outbound/outbound.ts';
import { createSecretBox } from '../../secret-box.ts';
import { openSqliteStore } from '../../stores/sqlite/open.ts';
import type { StoredDelivery } from '../../stores/webhooks.ts';
import type { Worker } from '../../workers.ts';
import { createWebhook } from '../webhooks.ts';
import { startWebhooks } from '../worker.ts';

const WORKSPACE = 'default';

/** The webhook worker on a real store, with a clock that the test moves. */
export interface Bench extends AsyncDisposable {
  readonly services: Services;
  nowMs(): number;
  /** When the next timer is due, from now. */
  nextTimerMs(): number | undefined;
  /** Moves the clock and calls the timers that are due. */
  advance(ms: number): void;
  create(url: string, types?: readonly string[]): Promise<{ webhookId: string; secret: string }>;
  emit(type: string, data?: { n: number }, workspace?: string): Promise<void>;
  commit<Output>(work: (tx: Transaction) => Output, workspace?: string): Promise<Output>;
  deliveries(webhookId: string): StoredDelivery[];
  start(): void;
  stop(): Promise<void>;
  /** As after the end of the process: another store on the same file, and no worker yet. */
  reopen(): Promise<void>;
}

export async function createBench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-webhooks-'));
  const secrets = createSecretBox(createKeyPair().seed);
  let nowMs = Date.now();
  let timers: { readonly at: number; readonly callback: () => void }[] = [];
  let worker: Worker | undefined;
  const open = () => {
    const store = openSqliteStore(join(folder, 'gateway.db'));
    const bus = createMemoryBus();
    const now = () => nowMs;
    const outbound = createOutbound({ allowHttp: true, allowPrivateAddresses: true });
    const ledger = createLedger({ store, bus, now });
    return { store, bus, ledger, now, outbound, secrets, did: 'did:key:zTest', version: '1.2.3' } as Services;
  };
  let services = open();
  const stop = async () => {
    await worker?.stop();
    worker = undefined;
  };
  const bench: Bench = {
    get services() {
      return services;
    },
    nowMs: () => nowMs,
    nextTimerMs: () => (timers.length > 0 ? Math.min(...timers.map(({ at }) => at)) - nowMs : undefined),
    advance(ms) {
      nowMs += ms;
      const due = timers.filter(({ at }) => at <= nowMs);
      timers = timers.filter(({ at }) => at > nowMs);
      for (const { callback } of due) callback();
    },
    commit: (work, workspace = WORKSPACE) => services.ledger.commit({ workspace, actor: 'token:t' }, work),
    create: (url, types = ['thing.*']) => bench.commit((tx) => createWebhook(tx, { url, types, secrets })),
    emit: (type, data = { n: 1 }, workspace = WORKSPACE) =>
      bench.commit((tx) => tx.event({ type, subject: 's', data }), workspace),
    deliveries: (webhookId) =>
      services.store.read.deliveries.list({ workspace: WORKSPACE, webhookId }, { limit: 1000 }),
    start() {
      worker = startWebhooks({
        services,
        log: pino({ level: 'silent' }),
        random: () => 0,
        setTimer(callback, delayMs) {
          const timer = { at: nowMs + delayMs, callback };
          timers.push(timer);
          return () => {
            timers = timers.filter((each) => each !== timer);
          };
        },
      });
    },
    stop,
    async reopen() {
      await stop();
      await services.store.close();
      services = open();
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await services.store.close();
      await rm(folder, { recursive: true });
    },
  };
  return bench;
}
