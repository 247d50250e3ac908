import type { DatabaseSync } from 'node:sqlite';

const MAX_REMEMBERED = 10_000;

type Method = (...args: never[]) => unknown;
type ReadName<Table> = {
  [Name in keyof Table]: Name extends `${'get' | 'find' | 'list'}${string}` ? Name : never;
}[keyof Table];

const isTexts = (args: readonly unknown[]): args is readonly string[] =>
  args.every((arg) => typeof arg === 'string');

/** Arguments are names and ids, which hold no line breaks, or objects of those. */
const keyOf = (args: readonly unknown[]): string => (isTexts(args) ? args.join('\n') : JSON.stringify(args));

/** Remembers what was read from tables that change rarely, for as long as it is certainly still true. */
export interface Memo {
  /** The same table, of which the named reads are remembered by their arguments. Every write to it forgets. */
  over<Table extends object>(table: Table, reads: readonly ReadName<Table>[]): Table;
  /** Once for each transaction, under its lock: forgets what another connection may have changed. */
  check(): void;
  forget(): void;
}

/**
 * A decision reads the same few rows again and again, and a row is cheap but not free. What is remembered is dropped by every
 * write to one of these tables on this connection, by every rollback, and as soon as `data_version` shows that another
 * connection has committed anything.
 */
export function createMemo(database: DatabaseSync): Memo {
  const dataVersion = database.prepare('PRAGMA data_version');
  const known = new Map<string, unknown>();
  let seen: unknown;
  let isChecked = false;
  let tables = 0;
  const uncheck = () => {
    isChecked = false;
  };

  /** Once for all that runs without a pause: what was true at its beginning is true for all of it. */
  function checkOnce(): void {
    if (isChecked) return;
    isChecked = true;
    // Before anything else that the event loop brings, such as word of what another gateway has committed.
    queueMicrotask(uncheck);
    memo.check();
  }

  const memo: Memo = {
    over(table, reads) {
      const prefix = `${tables++}:`;
      const methods = Object.entries<Method>(table as Record<string, Method>).map(([name, method]) => {
        if ((reads as readonly string[]).includes(name))
          return [name, remembered(`${prefix}${name}`, method)];
        return [name, /^(get|find|list)/.test(name) ? method : forgetting(method)];
      });
      return Object.fromEntries(methods);
    },
    check() {
      const version = dataVersion.get()?.data_version;
      if (version === seen) return;
      seen = version;
      known.clear();
    },
    forget: () => known.clear(),
  };

  function remembered(name: string, read: Method): Method {
    return (...args) => {
      // A transaction was checked when it began, and nobody else can write while it holds the lock.
      if (!database.isTransaction) checkOnce();
      const key = name + keyOf(args);
      if (known.has(key)) return known.get(key);
      const value = read(...args);
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.set(key, value);
      return value;
    };
  }

  function forgetting(write: Method): Method {
    return (...args) => {
      known.clear();
      return write(...args);
    };
  }

  return memo;
}
