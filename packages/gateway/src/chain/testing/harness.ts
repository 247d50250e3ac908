import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentRecord, Job } from '@bonafide/core/models';
import { workspaceTopic } from '../../bus/bus.ts';
import { createMemoryBus } from '../../bus/memory/memory-bus.ts';
import { newId } from '../../ids.ts';
import { presentJob } from '../../jobs/read-jobs.ts';
import { createLedger } from '../../ledger.ts';
import { openSqliteStore } from '../../stores/sqlite/open.ts';
import type { Reads, Store, StoredEvent } from '../../stores/store.ts';
import { CHAIN_WORKSPACE } from '../../workspaces/names.ts';
import { type ChainOptions, type ChainServices, startChainServices } from '../services.ts';

const DEADLINE_MS = 20_000;
const silent = { info: () => undefined, warn: () => undefined };

export interface Harness extends AsyncDisposable {
  readonly chain: ChainServices;
  readonly read: Reads;
  readonly store: Store;
  readonly directory: string;
  /** A job as it is shown; undefined when the index does not have it. */
  job(jobId: string): Job | undefined;
  /** All events of the chain so far. */
  events(): (StoredEvent & { readonly id: number })[];
  typesOf(subject: string): string[];
  /** Resolves with the first event that fits, past or to come. */
  event(fits: (event: StoredEvent) => boolean): Promise<StoredEvent>;
  /** Stops and leaves the database. */
  stop(): Promise<void>;
}

/** The chain part of a gateway on a database of its own; `path` continues with an earlier one. */
export async function startHarness(options: ChainOptions, path?: string): Promise<Harness> {
  const directory = path ?? (await mkdtemp(join(tmpdir(), 'bonafide-chain-')));
  const store = openSqliteStore(join(directory, 'gateway.db'));
  const bus = createMemoryBus();
  const ledger = createLedger({ store, bus, now: Date.now });
  const settings = { pollIntervalMs: 25, relayWaitMs: 5_000, ...options };
  const chain = startChainServices(settings, { ledger, read: store.read, log: silent, now: Date.now });
  const events = () => store.read.events.listAfter({ workspaces: [CHAIN_WORKSPACE], after: 0, limit: 1_000 });
  let stopping: Promise<void> | undefined;
  const close = async () => {
    await chain[Symbol.asyncDispose]();
    await store.close();
  };
  const stop = () => {
    stopping ??= close();
    return stopping;
  };
  return {
    chain,
    read: store.read,
    store,
    directory,
    job(jobId) {
      const stored = store.read.jobs.get(jobId);
      return stored && presentJob(stored, { read: store.read, nowMs: Date.now() });
    },
    events,
    typesOf: (subject: string) =>
      events().flatMap((event) => (event.subject === subject ? [event.type] : [])),
    async event(fits) {
      return until(
        () => events().find(fits),
        (listener) => bus.subscribe(workspaceTopic(CHAIN_WORKSPACE), listener),
      );
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(directory, { recursive: true });
    },
  };
}

/** Looks again at every notification until there is something to see. */
async function until<Value>(
  look: () => Value | undefined,
  subscribe: (listener: () => void) => () => void,
): Promise<Value> {
  const first = look();
  if (first !== undefined) return first;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => finish(() => reject(new Error('It did not happen in time.'))),
      DEADLINE_MS,
    );
    const end = subscribe(() => {
      const value = look();
      if (value !== undefined) finish(() => resolve(value));
    });
    function finish(then: () => void): void {
      clearTimeout(timer);
      end();
      then();
    }
  });
}

/** Resolves once the condition holds; it is asked again as long as it takes, up to a deadline. */
export async function eventually<Value>(
  look: () => Promise<Value | undefined> | Value | undefined,
): Promise<Value> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error('It did not become so in time.');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** An agent with this proven wallet, as the relay sees it. */
export function agentOf(wallet: string | undefined, workspace = 'default'): AgentRecord {
  const agentId = newId();
  const time = new Date().toISOString();
  return {
    agentId,
    workspace,
    did: 'did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw',
    name: `agent-${agentId}`,
    agentType: 'ai_agent',
    description: '',
    capabilities: [],
    status: 'active',
    ...(wallet && { wallet }),
    isListed: false,
    previousDids: [],
    createdAt: time,
    updatedAt: time,
  };
}
