import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Services } from '../context.ts';
import { isOneOf } from '../events/cloud-event.ts';
import type { StoredDelivery, StoredWebhook } from '../stores/webhooks.ts';
import { HOUR_MS } from '../time.ts';
import { CHAIN_WORKSPACE } from '../workspaces/names.ts';
import { queueDeliveries, recordOutcome } from './deliveries.ts';
import { sendDelivery } from './send.ts';
import type { Slots } from './slots.ts';

/** Calls back later, once; returns what cancels it. */
export type SetTimer = (callback: () => void, delayMs: number) => () => void;

export interface LaneOptions {
  readonly services: Services;
  readonly log: Logger;
  readonly slots: Slots;
  readonly setTimer: SetTimer;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** All that is done for one webhook, beside and independent of the others. */
export interface Lane {
  /** Looks for new events and for what is due. */
  wake(): void;
  /** Resolves once nothing of it runs any more, after its signal ended. */
  settled(): Promise<void>;
}

const PAGE = 100;
const AT_ONCE = 4;
/** A receiver that fails gets one request at a time until it takes one. */
const AT_ONCE_WHILE_FAILING = 1;
/** Events that concern nobody are skipped without a commit; after so many the place is remembered anyway. */
const REMEMBER_AFTER = 1000;
const AFTER_ERROR_MS = 5000;
const MAX_TIMER_MS = HOUR_MS;

export function createLane(start: StoredWebhook, options: LaneOptions): Lane {
  const { log, setTimer, signal } = options;
  const { webhookId, workspace } = start;
  const reader = createEventReader(start, options);
  const inFlight = new Map<string, Promise<void>>();
  let running: Promise<void> | undefined;
  let isWoken = false;
  let cancelTimer = () => {};

  const wakeIn = (delayMs: number) => {
    cancelTimer();
    if (!signal.aborted) cancelTimer = setTimer(wake, Math.min(delayMs, MAX_TIMER_MS));
  };
  // A database that cannot be written now must not turn one delivery into a flood.
  const failed = (err: unknown) => {
    log.error({ err, webhookId }, 'webhook work failed');
    wakeIn(AFTER_ERROR_MS);
  };

  function wake(): void {
    isWoken = true;
    running ??= run()
      .catch(failed)
      .finally(() => {
        running = undefined;
        // Woken between the last look and here.
        if (isWoken && !signal.aborted) wake();
      });
  }

  async function run(): Promise<void> {
    while (isWoken && !signal.aborted) {
      isWoken = false;
      // Whoever committed the event is answered first.
      await setImmediate();
      if (!(await reader.queueNew())) return;
      startDue();
    }
  }

  function startDue(): void {
    const { services } = options;
    const { webhooks, deliveries } = services.store.read;
    const key = { workspace, id: webhookId };
    const webhook = webhooks.get(key);
    if (signal.aborted || webhook?.status !== 'active') return;
    const nowMs = services.now();
    const now = new Date(nowMs).toISOString();
    const most = webhook.failingSince ? AT_ONCE_WHILE_FAILING : AT_ONCE;
    const due = deliveries.listDue(key, { now, limit: most + inFlight.size });
    const waiting = due.filter(({ deliveryId }) => !inFlight.has(deliveryId));
    for (const delivery of waiting.slice(0, Math.max(0, most - inFlight.size))) {
      inFlight.set(delivery.deliveryId, attempt(delivery, webhook));
    }
    const next = deliveries.getNextAttemptAt(key, now);
    if (next) wakeIn(Date.parse(next) - nowMs);
  }

  async function attempt(delivery: StoredDelivery, webhook: StoredWebhook): Promise<void> {
    const { deliveryId } = delivery;
    try {
      await deliver(delivery, { ...options, webhook });
      inFlight.delete(deliveryId);
      if (!signal.aborted) wake();
    } catch (err) {
      inFlight.delete(deliveryId);
      failed(err);
    }
  }

  return {
    wake,
    async settled() {
      cancelTimer();
      await Promise.all([running, ...inFlight.values()]);
    },
  };
}

async function deliver(
  delivery: StoredDelivery,
  { webhook, services, slots, signal, random }: LaneOptions & { readonly webhook: StoredWebhook },
): Promise<void> {
  const { deliveryId, workspace } = delivery;
  const outcome = await slots.run(async () =>
    signal.aborted ? undefined : await sendDelivery(services, { webhook, delivery, signal }),
  );
  // Cut off by the stop: it stays due, and goes out at the next start.
  if (!outcome || (signal.aborted && 'error' in outcome)) return;
  const jitter = random();
  await services.ledger.commit({ workspace, actor: 'system' }, (tx) =>
    recordOutcome(tx, { deliveryId, outcome, random: jitter }),
  );
}

/** Reads on from where the webhook is, and queues what it asked for. */
function createEventReader(
  { webhookId, workspace, types, cursor }: StoredWebhook,
  { services, signal }: LaneOptions,
): { /** False when the signal ended before all was read. */ queueNew(): Promise<boolean> } {
  const { store, ledger, did: source } = services;
  const workspaces = [workspace, CHAIN_WORKSPACE];
  let after = cursor;
  let remembered = cursor;
  return {
    async queueNew() {
      for (;;) {
        const page = store.read.events.listAfter({ workspaces, after, limit: PAGE });
        const upTo = page.at(-1)?.id ?? after;
        const events = page.filter(({ type }) => isOneOf(type, types));
        if (events.length > 0 || upTo - remembered >= REMEMBER_AFTER) {
          const queued = { webhookId, events, cursor: upTo, source };
          await ledger.commit({ workspace, actor: 'system' }, (tx) => queueDeliveries(tx, queued));
          remembered = upTo;
        }
        after = upTo;
        if (signal.aborted) return false;
        if (page.length < PAGE) return true;
        await setImmediate();
      }
    },
  };
}
