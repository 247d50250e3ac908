import { formatAddress } from '@bonafide/core/models';
import type { Services } from '../context.ts';
import type { Session } from '../sessions/session.ts';
import type { StoredImplementation, StoredLaunch } from '../stores/launches.ts';
import { SECOND_MS } from '../time.ts';
import { createPacer } from '../trust/pacer.ts';
import type { Worker, WorkerOptions } from '../workers.ts';
import { DEMAND_TOPIC, listUnserved, serve } from './demand.ts';
import { assignLaunch, noteFailure, noteStarted, reassignLaunch } from './launch.ts';
import { isConnected } from './orchestrators.ts';
import { requestLaunch } from './request.ts';

const TICK_MS = 2 * SECOND_MS;
/** Of one implementation, in one look. */
const MAX_AWAITED = 100;

type LaunchServices = Pick<Services, 'store' | 'ledger' | 'bus' | 'hub' | 'now'>;

/** Follows orchestrators and instances as they come and go, and has started who is missing. */
export function startLaunchWorker({
  services,
  log,
}: Pick<WorkerOptions, 'log'> & { readonly services: LaunchServices }): Worker {
  const guarded = (work: () => Promise<void>) => async () => {
    try {
      await work();
    } catch (err) {
      log.error({ err }, 'launches are behind');
    }
  };
  const pacer = createPacer(guarded(() => reviewLaunches(services)));
  const underWay = new Set<Promise<void>>();
  const unwatch = services.hub.watch(({ kind, session }) => {
    const following = guarded(() => follow(services, { kind, session }))().finally(() => {
      underWay.delete(following);
      pacer.wake();
    });
    underWay.add(following);
  });
  const unsubscribe = services.bus.subscribe(DEMAND_TOPIC, pacer.wake);
  const tick = setInterval(pacer.wake, TICK_MS).unref();
  return {
    async stop() {
      unwatch();
      unsubscribe();
      clearInterval(tick);
      await Promise.all([pacer.stop(), ...underWay]);
    },
  };
}

/** Notes who can start what, and which start has come to its end. */
async function follow(
  { store, ledger }: LaunchServices,
  { kind, session }: { readonly kind: 'opened' | 'closed'; readonly session: Session },
): Promise<void> {
  const { workspace, name: address, sessionId, address: principal, hello } = session;
  const system = { workspace, actor: 'system' };
  if (principal.type === 'orchestrator') {
    const { profiles } = hello;
    await ledger.commit(system, ({ tables }) => {
      if (kind === 'closed') tables.orchestrators.remove(sessionId);
      else if (tables.sessions.get(sessionId))
        tables.orchestrators.put({ workspace, address, sessionId, profiles });
    });
  } else if (kind === 'opened' && store.read.launches.findOpen(workspace, address)) {
    await ledger.commit(system, (tx) => {
      const launch = tx.tables.launches.findOpen(workspace, address);
      if (launch && tx.tables.sessions.get(sessionId)) noteStarted(tx, launch);
    });
  }
}

/** Brings every launch under way on, and begins those that are missing; writes only where something is to be done. */
export async function reviewLaunches({ store, ledger, now }: LaunchServices): Promise<void> {
  for (const launch of store.read.launches.listOpen()) {
    if (!stepOf(launch, { tables: store.read, nowMs: now() })) continue;
    const { workspace, launchId: id } = launch;
    await ledger.commit({ workspace, actor: 'system' }, (tx) => {
      const current = tx.tables.launches.get({ workspace, id });
      const step = current && stepOf(current, tx);
      if (step) step(tx, current);
    });
  }
  for (const registered of store.read.implementations.listAll()) {
    await meetDemand(registered, { store, ledger, now });
  }
}

type Step = (tx: Parameters<typeof assignLaunch>[0], launch: StoredLaunch) => unknown;

/** What is to be done about a launch now; undefined when it is to be waited for. */
function stepOf(launch: StoredLaunch, reader: Parameters<typeof isConnected>[0]): Step | undefined {
  const { workspace, address, orchestrator, status, dueAt } = launch;
  if (status !== 'waiting' && status !== 'assigned') return undefined;
  if (isConnected(reader, { workspace, address })) return noteStarted;
  const isDue = Date.parse(dueAt) <= reader.nowMs;
  if (status === 'waiting') return isDue ? assignLaunch : undefined;
  if (isDue) return expireLaunch;
  const isLeft = orchestrator === undefined || !isConnected(reader, { workspace, address: orchestrator });
  return isLeft ? reassignLaunch : undefined;
}

const expireLaunch: Step = (tx, launch) =>
  noteFailure(tx, launch, { outcome: 'expired', reason: 'Nobody connected in time.' });

async function meetDemand(
  registered: StoredImplementation,
  { store, ledger, now }: Pick<LaunchServices, 'store' | 'ledger' | 'now'>,
): Promise<void> {
  const { workspace } = registered;
  const reader = { tables: store.read, nowMs: now() };
  const awaited = listAwaited(registered, store).filter(
    (address) =>
      !isConnected(reader, { workspace, address }) && !store.read.launches.findOpen(workspace, address),
  );
  if (awaited.length === 0 && listUnserved(reader, registered).length === 0) return;
  await ledger.commit({ workspace, actor: 'system' }, (tx) => {
    const current = tx.tables.implementations.get(workspace, registered.implementation);
    if (!current) return;
    for (const address of awaited) requestLaunch(tx, { workspace, address });
    serve(tx, current);
  });
}

/** Agents and unique tasks of the implementation for whom work lies ready. */
function listAwaited(
  { workspace, implementation }: StoredImplementation,
  { read }: Services['store'],
): readonly string[] {
  return (['agent', 'task'] as const).flatMap((type) => {
    const any = formatAddress({ type, workspace, implementation, specifier: '-' });
    return read.tasks.listClaimableQueues(workspace, { prefix: any.slice(0, -1), limit: MAX_AWAITED });
  });
}
