import { BonafideError } from '@bonafide/core/errors';
import { digestOf } from '@bonafide/core/identity';
import type { Policy } from '@bonafide/core/models';
import { newId } from '../ids.ts';
import type { Transaction } from '../ledger.ts';
import type { Reader } from '../stores/store.ts';

interface PolicyChange {
  readonly cedar: string;
  readonly mode?: Policy['mode'] | undefined;
  readonly ifVersion?: number | undefined;
  readonly note?: string | undefined;
}

/** Stores a clean text as the next version and puts it in force in its mode. */
export function putPolicy(
  tx: Transaction,
  { cedar, mode = 'enforce', ifVersion, note }: PolicyChange,
): Policy {
  const current = activeVersion(tx, mode) ?? 0;
  if (ifVersion !== undefined && ifVersion !== current) {
    throw new BonafideError(
      'CONFLICT',
      `Version ${current} is in force by now, not ${ifVersion}. Look at it first.`,
      {
        details: { version: current },
      },
    );
  }
  const version = tx.tables.policies.getNewestVersion(tx.workspace) + 1;
  const policy = {
    ...{ workspace: tx.workspace, version, mode, cedar, createdBy: tx.actor, createdAt: tx.now },
    ...(note === undefined ? {} : { note }),
  };
  tx.tables.policies.insert({ ...policy, revision: newId(tx.nowMs) });
  const data = {
    version,
    mode,
    replaces: current,
    textDigest: digestOf(cedar),
    ...(note === undefined ? {} : { note }),
  };
  tx.record({ type: 'policy.put', subject: `policy:${version}`, data });
  return { ...policy, isActive: true };
}

/** One version, or the one in force in a mode; `everywhere` is the text of version 0. */
export function getPolicy(
  reader: Reader,
  {
    mode = 'enforce',
    version,
    everywhere,
  }: { mode?: Policy['mode'] | undefined; version?: number | undefined; everywhere: string },
): Policy {
  const wanted = version ?? activeVersion(reader, mode) ?? (mode === 'enforce' ? 0 : undefined);
  if (wanted === 0) return defaultsOf(reader.workspace, everywhere);
  const policy = wanted === undefined ? undefined : reader.tables.policies.get(reader.workspace, wanted);
  if (policy) return policy;
  throw new BonafideError(
    'NOT_FOUND',
    version === undefined ? 'No shadow policies are being tried out.' : `There is no version ${version}.`,
  );
}

function activeVersion({ tables, workspace }: Reader, mode: Policy['mode']): number | undefined {
  return tables.policies.listActive(workspace).find((each) => each.mode === mode)?.version;
}

function defaultsOf(workspace: string, cedar: string): Policy {
  const origin = { createdBy: 'system', createdAt: '1970-01-01T00:00:00.000Z' };
  return { workspace, version: 0, mode: 'enforce', isActive: true, cedar, ...origin };
}
