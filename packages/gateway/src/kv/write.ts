import { BonafideError } from '@bonafide/core/errors';
import { MAX_KV_BYTES, MAX_KV_KEYS } from '@bonafide/core/models';
import type { Transaction } from '../ledger.ts';
import type { KvId, StoredKvEntry } from '../stores/kv.ts';
import { SECOND_MS } from '../time.ts';
import { isExpired } from './entries.ts';
import { kvTopic } from './namespace.ts';

/** A key to write, and as whom; access was checked before. */
export interface Write extends KvId {
  /** Address of the writer. */
  readonly writer: string;
  /** Absent: as it was. Null: none. */
  readonly ttlSeconds?: number | null | undefined;
}

interface Put extends Write {
  /** As JSON. */
  readonly value: string;
  /** Only when the key still has this version; 0 when it is not there. */
  readonly ifVersion?: number | undefined;
}

/** Writes a value; CONFLICT when the version is another, PAYLOAD_TOO_LARGE and LIMIT_EXCEEDED beyond the limits. */
export function putKey(tx: Transaction, { ifVersion, ...put }: Put): StoredKvEntry {
  const current = readAlive(tx, put);
  assertVersion(current, ifVersion);
  return write(tx, { ...put, current });
}

interface Increment extends Write {
  readonly by: number;
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
}

/** Adds to an integer; CONFLICT when the value is none, LIMIT_EXCEEDED when the sum is not exact. */
export function incrementKey(
  tx: Transaction,
  { by, atLeast, atMost, ...target }: Increment,
): { isApplied: boolean; value: number; version: number } {
  const current = readAlive(tx, target);
  const before = current ? integerOf(current) : 0;
  const after = before + by;
  const isBeyond = (atMost !== undefined && after > atMost) || (atLeast !== undefined && after < atLeast);
  if (isBeyond) return { isApplied: false, value: before, version: current?.version ?? 0 };
  assertExact(after);
  const { version } = write(tx, { ...target, value: String(after), current });
  return { isApplied: true, value: after, version };
}

/** Deletes a key; CONFLICT when the version is another. Returns whether it was there. */
export function deleteKey(
  tx: Transaction,
  { ifVersion, ...id }: KvId & { readonly ifVersion?: number | undefined },
): boolean {
  const current = readAlive(tx, id);
  assertVersion(current, ifVersion);
  if (current) endEntry(tx, current, 'deleted');
  return current !== undefined;
}

/** Removes an entry; its end is a change with a version of its own. */
export function endEntry(
  { tables, now, publish }: Transaction,
  { namespace, key, version: before }: StoredKvEntry,
  change: 'deleted' | 'expired',
): void {
  const version = before + 1;
  tables.kv.remove({ namespace, key }, version);
  tables.kvChanges.append({ namespace, key, change, version, at: now });
  publish(kvTopic(namespace));
}

/** The entry of a key. One whose time is over ends here, so that followers learn of it before what comes next. */
function readAlive(tx: Transaction, id: KvId): StoredKvEntry | undefined {
  const current = tx.tables.kv.get(id);
  if (!current || !isExpired(current, tx.now)) return current;
  endEntry(tx, current, 'expired');
  return undefined;
}

function write(
  tx: Transaction,
  { current, writer, ttlSeconds, ...put }: Put & { readonly current: StoredKvEntry | undefined },
): StoredKvEntry {
  const { tables, now } = tx;
  const { namespace, key, value } = put;
  assertSize(value);
  const version = (current?.version ?? newKeyFloor(tx, namespace)) + 1;
  const expiresAt = ttlSeconds === undefined ? current?.expiresAt : expiryOf(tx, ttlSeconds);
  const entry = { namespace, key, value, version, expiresAt, updatedAt: now, updatedBy: writer };
  if (current) tables.kv.update(entry);
  else tables.kv.insert(entry);
  tables.kvChanges.append({ namespace, key, change: 'put', version, value, at: now });
  tx.publish(kvTopic(namespace));
  return entry;
}

/** The version that a new key follows: whatever was deleted before it had no higher one. */
function newKeyFloor({ tables }: Transaction, namespace: string): number {
  const { keys, versionFloor } = tables.kv.getTotals(namespace);
  if (keys < MAX_KV_KEYS) return versionFloor;
  throw new BonafideError(
    'LIMIT_EXCEEDED',
    `This scope has ${MAX_KV_KEYS} keys, which is the most it can hold.`,
  );
}

function expiryOf({ nowMs }: Transaction, ttlSeconds: number | null): string | undefined {
  return ttlSeconds === null ? undefined : new Date(nowMs + ttlSeconds * SECOND_MS).toISOString();
}

function integerOf({ key, value }: StoredKvEntry): number {
  const number: unknown = JSON.parse(value);
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  throw new BonafideError('CONFLICT', `The value of ${key} is no integer, so nothing can be added to it.`);
}

function assertExact(sum: number): void {
  if (Number.isSafeInteger(sum)) return;
  throw new BonafideError('LIMIT_EXCEEDED', 'The sum is beyond the integers that JSON numbers hold exactly.');
}

function assertVersion(current: StoredKvEntry | undefined, wanted: number | undefined): void {
  const version = current?.version ?? 0;
  if (wanted === undefined || wanted === version) return;
  const state = current ? `has version ${version}` : 'does not exist';
  throw new BonafideError('CONFLICT', `The key ${state}, not version ${wanted}.`, { details: { version } });
}

function assertSize(value: string): void {
  const bytes = Buffer.byteLength(value);
  if (bytes <= MAX_KV_BYTES) return;
  const message = `A value has at most ${MAX_KV_BYTES} bytes as JSON; this one has ${bytes}.`;
  throw new BonafideError('PAYLOAD_TOO_LARGE', message);
}
