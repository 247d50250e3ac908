import { BonafideError } from '@bonafide/core/errors';
import { type CheckpointInfo, MAX_CHECKPOINT_BYTES, MAX_CHECKPOINTS } from '@bonafide/core/models';
import type { Transaction } from '../ledger.ts';
import { type PageInput, readPage } from '../paging.ts';
import type { CheckpointId, CheckpointOwner, StoredCheckpoint } from '../stores/checkpoints.ts';
import type { Reads } from '../stores/store.ts';
import { SECOND_MS } from '../time.ts';

const KEYS = /^[^\p{C}]{1,128}$/u;

interface Save extends CheckpointId {
  /** As JSON. */
  readonly data: string;
  /** Only when the saved state still has this version; 0 when there is none. */
  readonly ifVersion?: number | undefined;
  readonly ttlSeconds?: number | undefined;
}

/** Saves a state; CONFLICT when the version is another, PAYLOAD_TOO_LARGE and LIMIT_EXCEEDED beyond the limits. */
export function saveCheckpoint(
  tx: Transaction,
  { data, ifVersion, ttlSeconds, ...id }: Save,
): CheckpointInfo {
  const { checkpoints } = tx.tables;
  const bytes = sizeOf(data);
  const current = readAlive(tx, id);
  assertVersion(current, ifVersion);
  const expiresAt =
    ttlSeconds === undefined ? undefined : new Date(tx.nowMs + ttlSeconds * SECOND_MS).toISOString();
  const version = (current?.version ?? newVersionFloor(tx, id)) + 1;
  const checkpoint = { ...id, version, bytes, savedAt: tx.now, expiresAt };
  if (current) checkpoints.update(checkpoint, data);
  else checkpoints.insert(checkpoint, data);
  return presentCheckpoint(checkpoint);
}

/** The state saved under a key, unless its time is over. */
export function loadCheckpoint(
  { checkpoints }: Reads,
  { id, now }: { readonly id: CheckpointId; readonly now: string },
): { isFound: false } | { isFound: true; data: CheckpointData; checkpoint: CheckpointInfo } {
  const checkpoint = checkpoints.get(id);
  const data = checkpoint && !isExpired(checkpoint, now) ? checkpoints.getData(id) : undefined;
  if (!checkpoint || data === undefined) return { isFound: false };
  return { isFound: true, data: JSON.parse(data), checkpoint: presentCheckpoint(checkpoint) };
}

type CheckpointData = ReturnType<typeof JSON.parse>;

/** One page of what an owner has saved. */
export function listCheckpoints(
  { checkpoints }: Reads,
  { owner, now, input }: { readonly owner: CheckpointOwner; readonly now: string; readonly input: PageInput },
): { items: CheckpointInfo[]; nextCursor?: string } {
  const { items, ...rest } = readPage({
    input,
    read: ({ beyond, limit }) => checkpoints.list(owner, { after: beyond, limit }),
    keyOf: ({ key }) => key,
    keys: KEYS,
  });
  return { items: items.filter((each) => !isExpired(each, now)).map(presentCheckpoint), ...rest };
}

/** Deletes a state; CONFLICT when the version is another. Returns whether there was one. */
export function deleteCheckpoint(
  tx: Transaction,
  { ifVersion, ...id }: CheckpointId & { readonly ifVersion?: number | undefined },
): boolean {
  const current = readAlive(tx, id);
  assertVersion(current, ifVersion);
  if (current) tx.tables.checkpoints.remove(id);
  return current !== undefined;
}

/** Whether its time to live is over. */
export function isExpired({ expiresAt }: StoredCheckpoint, now: string): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}

function readAlive({ tables, now }: Transaction, id: CheckpointId): StoredCheckpoint | undefined {
  const current = tables.checkpoints.get(id);
  if (!current || !isExpired(current, now)) return current;
  tables.checkpoints.remove(id);
  return undefined;
}

function newVersionFloor({ tables }: Transaction, owner: CheckpointOwner): number {
  const { checkpoints, versionFloor } = tables.checkpoints.getTotals(owner);
  if (checkpoints < MAX_CHECKPOINTS) return versionFloor;
  throw new BonafideError(
    'LIMIT_EXCEEDED',
    `${owner.owner} has ${MAX_CHECKPOINTS} checkpoints, which is the most it can have: delete some.`,
  );
}

function assertVersion(current: StoredCheckpoint | undefined, wanted: number | undefined): void {
  const version = current?.version ?? 0;
  if (wanted === undefined || wanted === version) return;
  const state = current ? `has version ${version}` : 'does not exist';
  throw new BonafideError('CONFLICT', `The checkpoint ${state}, not version ${wanted}.`, {
    details: { version },
  });
}

function sizeOf(data: string): number {
  const bytes = Buffer.byteLength(data);
  if (bytes <= MAX_CHECKPOINT_BYTES) return bytes;
  const message = `A state has at most ${MAX_CHECKPOINT_BYTES} bytes as JSON; this one has ${bytes}.`;
  throw new BonafideError('PAYLOAD_TOO_LARGE', message);
}

function presentCheckpoint({ key, version, bytes, savedAt, expiresAt }: StoredCheckpoint): CheckpointInfo {
  return { key, version, bytes, savedAt, ...(expiresAt === undefined ? {} : { expiresAt }) };
}
