import { nounTopic, workspaceTopic } from '../bus/bus.ts';
import type { StoredWebhook } from '../stores/webhooks.ts';
import type { Worker, WorkerOptions } from '../workers.ts';
import { CHAIN_WORKSPACE } from '../workspaces/names.ts';
import { createLane, type Lane, type SetTimer } from './lane.ts';
import { createSlots } from './slots.ts';

export interface WebhookWorkerOptions extends Pick<WorkerOptions, 'services' | 'log'> {
  readonly setTimer?: SetTimer;
  /** 0 to 1, as Math.random(). */
  readonly random?: () => number;
}

/** Requests under way to all receivers together. */
const AT_ONCE_IN_TOTAL = 64;

/**
 * Sends what happens to the webhooks that asked for it, at least once. All it knows lies in the store, so it goes on after
 * any end where it was.
 */
export function startWebhooks(options: WebhookWorkerOptions): Worker {
  const { services, random = Math.random, setTimer = setUnheldTimer } = options;
  const { bus, store } = services;
  const slots = createSlots(AT_ONCE_IN_TOTAL);
  const running = new Map<string, { readonly lane: Lane; end(): void }>();
  const ended = new Set<Promise<void>>();

  function start(webhook: StoredWebhook): void {
    const stopped = new AbortController();
    const lane = createLane(webhook, { ...options, random, setTimer, slots, signal: stopped.signal });
    const unsubscribe = [webhook.workspace, CHAIN_WORKSPACE].map((workspace) =>
      bus.subscribe(workspaceTopic(workspace), lane.wake),
    );
    const end = () => {
      for (const each of unsubscribe) each();
      stopped.abort();
      running.delete(webhook.webhookId);
      const settled = lane.settled().finally(() => ended.delete(settled));
      ended.add(settled);
    };
    running.set(webhook.webhookId, { lane, end });
    lane.wake();
  }

  function refresh(): void {
    const active = new Map(store.read.webhooks.listActive().map((webhook) => [webhook.webhookId, webhook]));
    for (const [webhookId, { end }] of running) if (!active.has(webhookId)) end();
    for (const [webhookId, webhook] of active) if (!running.has(webhookId)) start(webhook);
  }

  const unsubscribe = bus.subscribe(nounTopic('webhook'), refresh);
  refresh();
  return {
    async stop() {
      unsubscribe();
      for (const { end } of running.values()) end();
      await Promise.all(ended);
    },
  };
}

const setUnheldTimer: SetTimer = (callback, delayMs) => {
  const timer = setTimeout(callback, delayMs).unref();
  return () => clearTimeout(timer);
};
