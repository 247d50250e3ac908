import type { KvEntry, KvEntryInfo } from '@bonafide/core/models';
import type { StoredKvEntry } from '../stores/kv.ts';

/** Whether its time to live is over. */
export function isExpired({ expiresAt }: { readonly expiresAt?: string | undefined }, now: string): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}

export function presentEntry(entry: StoredKvEntry): KvEntry {
  return { ...presentInfo(entry), value: JSON.parse(entry.value) };
}

export function presentInfo({ key, version, expiresAt, updatedAt, updatedBy }: StoredKvEntry): KvEntryInfo {
  return { key, version, ...(expiresAt === undefined ? {} : { expiresAt }), updatedAt, updatedBy };
}
