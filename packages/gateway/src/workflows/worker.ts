import { setImmediate } from 'node:timers/promises';
import { BonafideError } from '@bonafide/core/errors';
import { nounTopic } from '../bus/bus.ts';
import type { StoredRule } from '../stores/workflows.ts';
import type { Worker, WorkerOptions } from '../workers.ts';
import { matchRule } from './match.ts';
import { type Happening, noteFailure, readHappening, runRule } from './run.ts';

const PAGE = 100;
const AFTER_ERROR_MS = 5000;

/**
 * Carries out the rules for what was sent to `event::<workspace>`: each rule once for each event, whatever ends in between
 * and however many gateways do this at the same time.
 */
export function startWorkflows({ services, log }: Pick<WorkerOptions, 'services' | 'log'>): Worker {
  const { bus, store } = services;
  const stopped = new AbortController();
  let running: Promise<void> | undefined;
  let isWoken = false;
  let timer: NodeJS.Timeout | undefined;

  const failed = (err: unknown) => {
    log.error({ err }, 'workflow work failed');
    if (!stopped.signal.aborted) timer = setTimeout(wake, AFTER_ERROR_MS).unref();
  };

  function wake(): void {
    isWoken = true;
    running ??= run()
      .catch(failed)
      .finally(() => {
        running = undefined;
        if (isWoken && !stopped.signal.aborted) wake();
      });
  }

  async function run(): Promise<void> {
    while (isWoken && !stopped.signal.aborted) {
      isWoken = false;
      // Whoever committed the event is answered first.
      await setImmediate();
      while (!stopped.signal.aborted && (await dealWithPage()));
    }
  }

  /** False when nothing is left. */
  async function dealWithPage(): Promise<boolean> {
    const cursor = store.read.workflowRuns.getCursor();
    if (cursor === undefined) return false;
    const page = store.read.workflowRuns.listEventsAfter(cursor, PAGE);
    const last = page.at(-1);
    if (!last) return false;
    const rulesOf = rememberRules((workspace) => store.read.workflowRules.listEnabled(workspace));
    for (const row of page) {
      const happening = readHappening(row);
      await dealWith(happening, rulesOf(row.workspace));
      if (stopped.signal.aborted) return false;
    }
    await store.commit(({ workflowRuns }) => workflowRuns.advance(last.id));
    return page.length === PAGE;
  }

  async function dealWith(happening: Happening, rules: readonly StoredRule[]): Promise<void> {
    for (const { ruleId, createdBy, on, sinceEvent } of rules) {
      if (sinceEvent >= happening.id || !matchRule({ on }, happening.event).isMatch) continue;
      const origin = { workspace: happening.event.workspace, actor: createdBy };
      try {
        await services.ledger.commit(origin, (tx) => runRule(tx, { ruleId, happening }));
      } catch (error) {
        // What the store or the disk threw is no fault of the rule: the event is looked at again.
        if (!BonafideError.is(error)) throw error;
        await services.ledger.commit(origin, (tx) => noteFailure(tx, { ruleId, happening, error }));
      }
    }
  }

  const unsubscribe = bus.subscribe(nounTopic('workflow'), wake);
  wake();
  return {
    async stop() {
      unsubscribe();
      stopped.abort();
      clearTimeout(timer);
      await running;
    },
  };
}

/** A workspace's rules are read once for a page of events, and only where there is one. */
function rememberRules(read: (workspace: string) => StoredRule[]): (workspace: string) => StoredRule[] {
  const known = new Map<string, StoredRule[]>();
  return (workspace) => {
    const rules = known.get(workspace) ?? read(workspace);
    known.set(workspace, rules);
    return rules;
  };
}
