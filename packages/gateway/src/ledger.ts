import { type Bus, nounTopic, subjectTopic, workspaceTopic } from './bus/bus.ts';
import type { JsonObject } from './json.ts';
import type { AppendedEntry, Store, Tables } from './stores/store.ts';

/** In whose name a change is made. */
export interface Origin {
  readonly workspace: string;
  /** `agent:<id>`, `member:<id>`, `token:<id>` or `system`. */
  readonly actor: string;
  readonly requestId?: string | undefined;
}

/** What happened to what; the same facts go to the audit log and to the event stream. */
export interface Occurrence {
  /** Such as `action.approved`. */
  readonly type: string;
  /** Id of what it happened to. */
  readonly subject: string;
  readonly data: JsonObject;
}

/** The tables inside one commit, with the log and the stream that are written in the same commit. */
export interface Transaction extends Origin {
  readonly tables: Tables;
  /** RFC 3339, the same for the whole commit. */
  readonly now: string;
  readonly nowMs: number;
  audit(entry: {
    readonly event: string;
    readonly subject: string;
    readonly data: JsonObject;
  }): AppendedEntry;
  event(event: Occurrence): void;
  /** Audit entry and event in one. */
  record(occurrence: Occurrence): AppendedEntry;
  /** The same commit in the same name, for what it changes in another workspace. */
  within(workspace: string): Transaction;
  /** Tells who follows the topic once this is committed, for changes that are no events. */
  publish(topic: string): void;
}

/** The one way to change anything: commits durably, then tells whoever follows. */
export interface Ledger {
  commit<Output>(origin: Origin, work: (tx: Transaction) => Output): Promise<Output>;
}

export function createLedger({ store, bus, now }: { store: Store; bus: Bus; now: () => number }): Ledger {
  return {
    async commit(origin, work) {
      let topics = new Set<string>();
      const output = await store.commit((tables) => {
        topics = new Set();
        return work(createTransaction(origin, { tables, topics, nowMs: now() }));
      });
      bus.publish(topics);
      return output;
    },
  };
}

interface Scope {
  readonly tables: Tables;
  readonly topics: Set<string>;
  readonly nowMs: number;
}

function createTransaction(origin: Origin, { tables, topics, nowMs }: Scope): Transaction {
  const { workspace, actor, requestId } = origin;
  const now = new Date(nowMs).toISOString();
  const tx: Transaction = {
    ...{ workspace, actor, requestId, tables, now, nowMs },
    audit: ({ event, subject, data }) =>
      tables.audit.append({ workspace, at: now, actor, event, subject, requestId, data }),
    event({ type, subject, data }) {
      tables.events.append({ workspace, type, subject, time: now, data });
      topics.add(workspaceTopic(workspace)).add(subjectTopic(workspace, subject));
      topics.add(nounTopic(type.slice(0, type.indexOf('.'))));
    },
    record(occurrence) {
      const entry = tx.audit({ event: occurrence.type, subject: occurrence.subject, data: occurrence.data });
      tx.event(occurrence);
      return entry;
    },
    within: (other) => createTransaction({ ...origin, workspace: other }, { tables, topics, nowMs }),
    publish(topic) {
      topics.add(topic);
    },
  };
  return tx;
}
