import { nounTopic } from '../bus/bus.ts';
import type { Services } from '../context.ts';
import { dayOf, MINUTE_MS } from '../time.ts';
import type { Worker, WorkerOptions } from '../workers.ts';
import { FEEDBACK_WINDOW_DAYS } from './factors.ts';
import { startOfWindow } from './facts.ts';
import { foldEvents } from './fold.ts';
import { createPacer } from './pacer.ts';
import { type Chunk, createPending, type Pending } from './pending.ts';
import { refreshTrust } from './refresh.ts';

/** What is read, parsed and counted at once, while requests wait. */
const EVENTS_PER_COMMIT = 1000;
const AGENTS_PER_COMMIT = 50;
/** After this the day is looked at, though nothing happened. */
const TICK_MS = MINUTE_MS;
/** Who may change a score. */
const nouns = ['action', 'approval', 'agent', 'alert', 'trust', 'workspace'];

interface TrustWorkerOptions extends Pick<WorkerOptions, 'log'> {
  readonly services: Pick<Services, 'store' | 'ledger' | 'bus' | 'now'>;
}

/**
 * Keeps the trust scores: counts what the events say, and computes anew the scores of the agents they touch; all scores
 * at the start and when a day begins, because windows move. It follows the requests at its own pace and never holds one up.
 */
export function startTrustWorker({ services, log }: TrustWorkerOptions): Worker {
  const stopped = new AbortController();
  const keeper = createKeeper({ services, log, signal: stopped.signal });
  const pacer = createPacer(async () => {
    try {
      await keeper.catchUp();
    } catch (err) {
      keeper.reset();
      log.error({ err }, 'trust scores are behind');
    }
  });
  const ends = nouns.map((noun) => services.bus.subscribe(nounTopic(noun), pacer.wake));
  const tick = setInterval(pacer.wake, TICK_MS);
  tick.unref();
  pacer.wake();
  return {
    async stop() {
      stopped.abort();
      clearInterval(tick);
      for (const end of ends) end();
      await pacer.stop();
    },
  };
}

interface KeeperOptions extends TrustWorkerOptions {
  readonly signal: AbortSignal;
}

function createKeeper(options: KeeperOptions): { catchUp(): Promise<void>; reset(): void } {
  const { services, signal } = options;
  let pending = createPending();
  /** Of which all scores were computed last. */
  let day: string | undefined;
  return {
    async catchUp() {
      await countEvents(options, pending);
      for (const chunk of pending.takeAgents(AGENTS_PER_COMMIT)) {
        if (signal.aborted) return;
        await refresh(services, chunk);
      }
      for (const workspace of pending.takeWorkspaces()) {
        await refreshMany(options, { workspace, reason: 'The settings changed.' });
      }
      const today = dayOf(new Date(services.now()).toISOString());
      if (day === today) return;
      await refreshMany(options, { reason: day === undefined ? 'The gateway started.' : 'A new day began.' });
      if (signal.aborted) return;
      await services.store.commit(({ tallies }) => {
        tallies.prune(dayOf(startOfWindow(services.now(), FEEDBACK_WINDOW_DAYS)));
      });
      day = today;
    },
    /** Whose score was to be computed may be lost: all are, the next time. */
    reset() {
      pending = createPending();
      day = undefined;
    },
  };
}

/** Counts all events that were not yet counted; those and the cursor are one commit, so that none counts twice or never. */
async function countEvents({ services: { store }, log, signal }: KeeperOptions, pending: Pending) {
  for (;;) {
    const from = store.read.tallies.getCursor();
    const { floor } = store.read.events.getBounds();
    if (from < floor) log.warn({ from, floor }, 'events were removed before trust could count them');
    const events = store.read.events.listEverywhereAfter(from, EVENTS_PER_COMMIT);
    const last = events.at(-1);
    if (!last || signal.aborted) return;
    const folded = foldEvents(events);
    const isCounted = await store.commit(({ tallies }) => {
      // Another gateway on this database may have been faster.
      if (tallies.getCursor() !== from) return false;
      for (const { day, tally } of folded.days) tallies.add(day, tally);
      tallies.setCursor(last.id);
      return true;
    });
    if (isCounted) pending.add(folded);
  }
}

/** Computes some scores of one workspace, each with its reason. */
async function refresh({ ledger }: Pick<Services, 'ledger'>, { workspace, agents }: Chunk): Promise<void> {
  await ledger.commit({ workspace, actor: 'system' }, (tx) => {
    for (const [agentId, reason] of agents) refreshTrust(tx, { agentId, reason });
  });
}

/** Computes the scores of all active agents, or of those of one workspace. */
async function refreshMany(
  { services, signal }: KeeperOptions,
  { workspace, reason }: { readonly workspace?: string; readonly reason: string },
): Promise<void> {
  let after: string | undefined;
  for (;;) {
    const page = services.store.read.agents.listActive({ workspace, after, limit: AGENTS_PER_COMMIT });
    if (page.length === 0 || signal.aborted) return;
    for (const [place, agents] of Map.groupBy(page, (agent) => agent.workspace)) {
      const reasons = new Map(agents.map(({ agentId }) => [agentId, reason]));
      await refresh(services, { workspace: place, agents: reasons });
    }
    after = page.at(-1)?.agentId;
  }
}
