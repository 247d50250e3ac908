import { RateLimitError } from '@bonafide/core/errors';
import type { Services } from '../context.ts';
import type { ClaimableTask } from '../stores/tasks.ts';
import { SECOND_MS } from '../time.ts';
import { queueTopic } from './queues.ts';

/** Who wants tasks: from which queues, of which types, and how many. */
export interface Want {
  readonly workspace: string;
  readonly queues: readonly string[];
  readonly taskTypes: readonly string[] | undefined;
  readonly limit: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** Where workers of this gateway wait for tasks: first come, first served, in each queue. */
export interface Line {
  /**
   * Waits its turn and calls `take` with tasks that are meant for this worker alone; when it takes none of them, because
   * another gateway was faster, the worker waits on at its old place. Undefined at the deadline or when the signal ends.
   */
  wait<Taken>(
    want: Want,
    take: (taskIds: readonly string[]) => Promise<Taken | undefined>,
  ): Promise<Taken | undefined>;
  /** Looks into all queues that somebody waits for: topics are told at most once, and time passes. */
  look(): void;
  readonly waiting: number;
  close(): void;
}

interface Waiter {
  readonly want: Want;
  readonly place: number;
  /** Tasks that it is offered now. */
  offered: readonly string[];
  offer(taskIds: readonly string[]): void;
}

interface Queue {
  readonly workspace: string;
  readonly name: string;
  readonly waiters: Set<Waiter>;
  readonly unsubscribe: () => void;
}

const MAX_WAITERS = 10_000;
/** Of one look at a queue; more are found at the next. */
const MAX_CANDIDATES = 1000;

type LineServices = Pick<Services, 'bus' | 'now'> & { readonly store: Pick<Services['store'], 'read'> };

export function createLine(services: LineServices): Line {
  return new WaitingLine(services);
}

class WaitingLine implements Line {
  readonly #services: LineServices;
  readonly #queues = new Map<string, Queue>();
  readonly #dirty = new Set<Queue>();
  /** Offered to somebody, who has not answered yet. */
  readonly #reserved = new Set<string>();
  readonly #closing = new AbortController();
  #places = 0;
  #isScheduled = false;
  waiting = 0;

  constructor(services: LineServices) {
    this.#services = services;
  }

  async wait<Taken>(
    want: Want,
    take: (taskIds: readonly string[]) => Promise<Taken | undefined>,
  ): Promise<Taken | undefined> {
    const turns = createTurns();
    const waiter: Waiter = { want, place: this.#places++, offered: [], offer: turns.give };
    this.#enter(waiter);
    const end = endOf(want, {
      closing: this.#closing.signal,
      nowMs: this.#services.now(),
      onEnd: turns.end,
    });
    try {
      for (;;) {
        const offered = await turns.next();
        if (!offered || want.signal.aborted) return undefined;
        const taken = await take(offered);
        if (taken !== undefined) return taken;
        this.#settle(waiter);
      }
    } finally {
      end();
      this.#leave(waiter);
      this.#settle(waiter);
    }
  }

  look(): void {
    for (const queue of this.#queues.values()) this.#touch(queue);
  }

  close(): void {
    this.#closing.abort();
  }

  #touch(queue: Queue): void {
    this.#dirty.add(queue);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // Who comes in the same turn of the event loop is served by the same look.
    setImmediate(() => this.#serve());
  }

  #serve(): void {
    this.#isScheduled = false;
    const looked = [...this.#dirty];
    this.#dirty.clear();
    // At the end the store may be closed already.
    if (this.#closing.signal.aborted) return;
    const candidates = new Map<string, readonly ClaimableTask[]>();
    for (const waiter of this.#firstWaiters(looked)) {
      const chosen = this.#choose(waiter, candidates);
      if (chosen.length === 0) continue;
      for (const taskId of chosen) this.#reserved.add(taskId);
      waiter.offered = chosen;
      waiter.offer(chosen);
    }
  }

  /** Those who could get something, in the order in which they came. */
  #firstWaiters(looked: readonly Queue[]): Waiter[] {
    const found = new Set<Waiter>();
    const { tasks } = this.#services.store.read;
    for (const { workspace, name: queue, waiters } of looked) {
      const most = mostWanted(waiters);
      let left = most === 0 ? 0 : tasks.getClaimableCount({ workspace, queue, limit: most });
      for (const waiter of waiters) {
        if (left <= 0) break;
        const { taskTypes, limit } = waiter.want;
        // Who names types may pass over all there is.
        if (taskTypes === undefined) left -= waiter.offered.length || limit;
        if (waiter.offered.length === 0) found.add(waiter);
      }
    }
    return [...found].sort((a, b) => a.place - b.place);
  }

  /** The most urgent ones of all its queues, then the oldest, that nobody else is offered. */
  #choose({ want }: Waiter, candidates: Map<string, readonly ClaimableTask[]>): string[] {
    const { workspace, taskTypes, limit } = want;
    const free = want.queues.flatMap((queue) => {
      const key = `${workspace} ${queue} ${taskTypes?.join(' ') ?? ''}`;
      const listed = candidates.get(key) ?? this.#list(queue, want);
      candidates.set(key, listed);
      return firstOf(listed, { limit, except: this.#reserved });
    });
    return free
      .sort(byUrgency)
      .slice(0, limit)
      .map(({ taskId }) => taskId);
  }

  /** Enough for all who wait for the queue, though some of it is offered already. */
  #list(queue: string, { workspace, taskTypes, limit }: Want): readonly ClaimableTask[] {
    const waiters = this.#queues.get(queueTopic(workspace, queue))?.waiters.size ?? 1;
    const most = Math.min(MAX_CANDIDATES, this.#reserved.size + limit * waiters);
    return this.#services.store.read.tasks.listClaimable({ workspace, queue, taskTypes, limit: most });
  }

  #enter(waiter: Waiter): void {
    if (this.waiting >= MAX_WAITERS) {
      throw new RateLimitError(`${MAX_WAITERS} workers wait at this gateway.`, { retryAfterMs: SECOND_MS });
    }
    this.waiting += 1;
    const { workspace, queues } = waiter.want;
    for (const name of queues) {
      const topic = queueTopic(workspace, name);
      const queue = this.#queues.get(topic) ?? this.#open(topic, { workspace, name });
      queue.waiters.add(waiter);
      this.#touch(queue);
    }
  }

  #open(topic: string, { workspace, name }: Pick<Queue, 'workspace' | 'name'>): Queue {
    const unsubscribe = this.#services.bus.subscribe(topic, () => this.#touch(queue));
    const queue: Queue = { workspace, name, waiters: new Set(), unsubscribe };
    this.#queues.set(topic, queue);
    return queue;
  }

  #leave(waiter: Waiter): void {
    this.waiting -= 1;
    const { workspace, queues } = waiter.want;
    for (const name of queues) {
      const topic = queueTopic(workspace, name);
      const queue = this.#queues.get(topic);
      queue?.waiters.delete(waiter);
      if (queue?.waiters.size !== 0) continue;
      queue.unsubscribe();
      this.#queues.delete(topic);
      this.#dirty.delete(queue);
    }
  }

  /** What it was offered and did not take is for the next; more may have come in the meantime. */
  #settle(waiter: Waiter): void {
    for (const taskId of waiter.offered) this.#reserved.delete(taskId);
    waiter.offered = [];
    const { workspace, queues } = waiter.want;
    for (const name of queues) {
      const queue = this.#queues.get(queueTopic(workspace, name));
      if (queue) this.#touch(queue);
    }
  }
}

/** How many tasks a look at a queue can give away; none while everybody has an offer. */
function mostWanted(waiters: Iterable<Waiter>): number {
  let wanted = 0;
  let isAnybodyFree = false;
  for (const { want, offered } of waiters) {
    wanted += offered.length || want.limit;
    isAnybodyFree ||= offered.length === 0;
    if (isAnybodyFree && wanted >= MAX_CANDIDATES) return MAX_CANDIDATES;
  }
  return isAnybodyFree ? wanted : 0;
}

function firstOf(
  listed: readonly ClaimableTask[],
  { limit, except }: { readonly limit: number; readonly except: ReadonlySet<string> },
): ClaimableTask[] {
  const first: ClaimableTask[] = [];
  for (const task of listed) {
    if (first.length === limit) break;
    if (!except.has(task.taskId)) first.push(task);
  }
  return first;
}

function byUrgency(a: ClaimableTask, b: ClaimableTask): number {
  return b.priority - a.priority || (a.taskId < b.taskId ? -1 : 1);
}

/** What one waiter is offered, one offer at a time; undefined once there will be none. */
function createTurns() {
  let offered: readonly string[] | undefined;
  let isOver = false;
  let wake: (() => void) | undefined;
  return {
    give(taskIds: readonly string[]): void {
      offered = taskIds;
      wake?.();
    },
    end(): void {
      isOver = true;
      wake?.();
    },
    async next(): Promise<readonly string[] | undefined> {
      if (offered === undefined && !isOver) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const next = offered;
      offered = undefined;
      return next;
    },
  };
}

/** Ends the waiting at its deadline, and when the caller or the gateway is gone; returns what forgets all that. */
function endOf(
  { signal, deadlineMs }: Want,
  { closing, nowMs, onEnd }: { closing: AbortSignal; nowMs: number; onEnd: () => void },
): () => void {
  const delayMs = deadlineMs - nowMs;
  // Even who does not wait gets a look, which comes first.
  const immediate = delayMs <= 0 ? setImmediate(() => setImmediate(onEnd)) : undefined;
  const timer = delayMs > 0 ? setTimeout(onEnd, delayMs) : undefined;
  const signals = [signal, closing];
  for (const each of signals) {
    if (each.aborted) onEnd();
    each.addEventListener('abort', onEnd, { once: true });
  }
  return () => {
    clearImmediate(immediate);
    clearTimeout(timer);
    for (const each of signals) each.removeEventListener('abort', onEnd);
  };
}
