import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatAddress } from '@bonafide/core/models';
import { createMemoryBus } from '../../bus/memory/memory-bus.ts';
import { createLedger, type Ledger, type Transaction } from '../../ledger.ts';
import type { Place } from '../../sessions/place.ts';
import { openSqliteStore } from '../../stores/sqlite/open.ts';
import type { Store } from '../../stores/store.ts';
import type { StoredTask } from '../../stores/tasks.ts';
import { createTask, type NewTask } from '../create.ts';
import { createLine, type Line } from '../line.ts';
import { poolQueue } from '../queues.ts';
import { sweepTasks } from '../sweep.ts';
import { claimTask } from '../work.ts';

/** What a gateway has of tasks, on a clock that only the test moves. */
export interface Workshop extends AsyncDisposable {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly line: Line;
  readonly clock: { ms: number };
  /** Another gateway on the same database, with a bus of its own. */
  another(): Workshop;
  commit<Output>(work: (tx: Transaction) => Output): Promise<Output>;
  create(task?: Partial<NewTask>): Promise<StoredTask>;
  /** Waits in the line as a worker of the pool, for as long as the signal lets it. */
  claim(
    name: string,
    options?: { readonly limit?: number; readonly signal?: AbortSignal },
  ): Promise<StoredTask[]>;
  get(taskId: string): StoredTask | undefined;
  sweep(): Promise<void>;
}

const WORKSPACE = 'w';
const POOL = 'pool';
const LONG_MS = 600_000;
const LEASE_MS = 60_000;

export function placeOfWorker(specifier: string): Place {
  const address = { type: 'agent', workspace: WORKSPACE, implementation: POOL, specifier } as const;
  const name = formatAddress(address);
  return { workspace: WORKSPACE, home: WORKSPACE, address, name, actor: `agent:${specifier}` };
}

export async function openWorkshop(): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-tasks-'));
  const clock = { ms: Date.parse('2026-01-01T00:00:00Z') };
  const opened: Workshop[] = [];
  const open = (): Workshop => {
    const workshop = build(join(folder, 'gateway.db'), { clock, another: open });
    opened.push(workshop);
    return workshop;
  };
  return {
    ...open(),
    async [Symbol.asyncDispose]() {
      for (const each of opened) await each[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

function build(file: string, { clock, another }: Pick<Workshop, 'clock' | 'another'>): Workshop {
  const store = openSqliteStore(file);
  const bus = createMemoryBus();
  const now = () => clock.ms;
  const ledger = createLedger({ store, bus, now });
  const line = createLine({ store, bus, now });
  const commit: Workshop['commit'] = (work) =>
    ledger.commit({ workspace: WORKSPACE, actor: 'agent:boss' }, work);
  return {
    ...{ store, ledger, line, clock, another, commit },
    create: (task) =>
      commit((tx) =>
        createTask(tx, placeOfWorker('boss'), { taskType: 'a', mode: 'pool', implementation: POOL, ...task }),
      ),
    claim: async (name, { limit = 1, signal = new AbortController().signal } = {}) => {
      const queues = [placeOfWorker(name).name, poolQueue(WORKSPACE, POOL)];
      const want = { workspace: WORKSPACE, queues, taskTypes: undefined, limit, signal };
      const taken = await line.wait({ ...want, deadlineMs: clock.ms + LONG_MS }, (taskIds) =>
        commit((tx) => takeAll(tx, { name, taskIds })),
      );
      return taken ?? [];
    },
    get: (id) => store.read.tasks.get({ workspace: WORKSPACE, id }),
    sweep: () => sweepTasks({ store, ledger, now, random: () => 0 }),
    async [Symbol.asyncDispose]() {
      line.close();
      await store.close();
    },
  };
}

function takeAll(
  tx: Transaction,
  { name, taskIds }: { readonly name: string; readonly taskIds: readonly string[] },
): StoredTask[] | undefined {
  const leaseExpiresAt = new Date(tx.nowMs + LEASE_MS).toISOString();
  const lease = { leaseExpiresAt, sessionId: undefined, gatewayId: undefined };
  const worker = placeOfWorker(name);
  const taken = taskIds.flatMap((taskId) => claimTask(tx, { taskId, worker, lease }) ?? []);
  return taken.length === 0 ? undefined : taken;
}
