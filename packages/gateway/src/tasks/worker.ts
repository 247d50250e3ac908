import type { Session } from '../sessions/session.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../time.ts';
import type { Worker, WorkerOptions } from '../workers.ts';
import { adoptLeases, releaseSession, SESSION_LEASE_MS } from './leases.ts';
import { sweepTasks } from './sweep.ts';

const SWEEP_MS = SECOND_MS;
/** Two may be missed before a lease ends. */
const RENEW_MS = SESSION_LEASE_MS / 3;
const PRUNE_MS = 10 * MINUTE_MS;
const KEEP_FINISHED_MS = 7 * DAY_MS;
const KEEP_FAILED_MS = 14 * DAY_MS;

type TaskWorkerOptions = Pick<WorkerOptions, 'services' | 'log'>;

/** Ends leases, offers what is due, lets leases live with the sessions of this gateway, and removes what is long over. */
export function startTaskWorker({ services, log }: TaskWorkerOptions): Worker {
  const { hub, line } = services;
  const keeper = createLeaseKeeper(services);
  const underWay = new Set<Promise<void>>();
  const run = (work: () => Promise<void>) => {
    const running = work()
      .catch((err: unknown) => log.error({ err }, 'task work failed'))
      .finally(() => underWay.delete(running));
    underWay.add(running);
  };
  const unwatch = hub.watch(({ kind, session }) => run(() => keeper.follow(kind, session)));
  const timers = [
    every(SWEEP_MS, () =>
      run(async () => {
        await sweepTasks(services);
        line.look();
      }),
    ),
    every(RENEW_MS, () => run(keeper.renew)),
    every(PRUNE_MS, () => run(() => prune(services))),
  ];
  return {
    async stop() {
      line.close();
      unwatch();
      for (const timer of timers) clearInterval(timer);
      await Promise.all(underWay);
    },
  };
}

/** Lets the leases of sessions live as long as these do. */
function createLeaseKeeper({
  store,
  ledger,
  hub,
  gatewayId,
  now,
}: Pick<WorkerOptions['services'], 'store' | 'ledger' | 'hub' | 'gatewayId' | 'now'>) {
  const release = (sessionId: string) =>
    ledger.commit({ workspace: '', actor: 'system' }, (tx) => releaseSession(tx, { sessionId, gatewayId }));
  return {
    async follow(kind: 'opened' | 'closed', session: Session): Promise<void> {
      const { sessionId, workspace, name } = session;
      const { tasks } = store.read;
      if (kind === 'closed') {
        if (tasks.listHeldSessions(gatewayId).includes(sessionId)) await release(sessionId);
      } else if (tasks.listOfSessions(workspace, name).length > 0) {
        await ledger.commit({ workspace, actor: 'system' }, (tx) => adoptLeases(tx, { session, gatewayId }));
      }
    },
    /** One write for all sessions; nothing is written while none holds a task. */
    async renew(): Promise<void> {
      const held = store.read.tasks.listHeldSessions(gatewayId);
      const gone = held.filter((sessionId) => hub.get(sessionId) === undefined);
      await Promise.all(gone.map(release));
      if (held.length === gone.length) return;
      const leaseExpiresAt = new Date(now() + SESSION_LEASE_MS).toISOString();
      await store.commit(({ tasks }) => tasks.renewLeases(gatewayId, leaseExpiresAt));
    },
  };
}

async function prune({ store, now }: WorkerOptions['services']): Promise<void> {
  const before = (ageMs: number) => new Date(now() - ageMs).toISOString();
  const range = { finishedBefore: before(KEEP_FINISHED_MS), failedBefore: before(KEEP_FAILED_MS) };
  await store.commit(({ tasks, launches }) => {
    tasks.prune(range);
    launches.prune(before(KEEP_FAILED_MS));
  });
}

function every(intervalMs: number, work: () => void): NodeJS.Timeout {
  return setInterval(work, intervalMs).unref();
}
