import { createNodeBackend } from '../../identity/backends/node.ts';
import { toBase64, toBase64Url } from '../../identity/bytes.ts';
import { digestOf } from '../../identity/canonical.ts';
import { type KeyPair, keyPairFromSeed } from '../../identity/keys.ts';
import type { AuditCheckpoint, AuditEntry, AuditReceipt } from '../../models/audit.ts';
import { signCheckpoint } from '../checkpoint.ts';
import { createFrontier } from '../frontier.ts';
import { hashEntry } from '../leaf.ts';
import { originOf } from '../origin.ts';
import { receiptSigningBytes } from '../receipt.ts';

/** A log as a gateway keeps it. */
export interface TestLog {
  readonly gatewayDid: string;
  readonly entries: readonly AuditEntry[];
  checkpoint(size?: number): AuditCheckpoint;
  receipt(sequence: number): AuditReceipt;
  /** The lines of an export over the first `size` entries. */
  lines(size?: number): string[];
}

export function keyOf(number: number): KeyPair {
  return keyPairFromSeed(new Uint8Array(32).fill(number));
}

export function signerOf(key: KeyPair): (bytes: Uint8Array) => Uint8Array {
  const sign = createNodeBackend()?.prepareSignSync?.(key);
  if (!sign) throw new Error('these tests run in Node');
  return sign;
}

export function entryOf(sequence: number, change: Partial<AuditEntry> = {}): AuditEntry {
  const data = {
    action: 'mail.send',
    to: `person-${sequence}@example.com`,
    cost: 1e21,
    note: 'tab\u001f "é"',
  };
  const entry = {
    ...{ sequence, workspace: 'default', at: new Date(sequence * 1000).toISOString(), actor: 'agent:1' },
    ...{ event: 'action.executed', subject: `action-${sequence}`, data, ...change },
    ...(sequence % 2 ? { requestId: `request-${sequence}` } : {}),
  };
  return { ...entry, dataDigest: change.dataDigest ?? digestOf(entry.data ?? {}) };
}

/** Signs the given entries as they are. */
export function logOf(
  entries: readonly AuditEntry[],
  { key = keyOf(1), workspace = 'default' } = {},
): TestLog {
  const sign = signerOf(key);
  const origin = originOf(key.did, workspace);
  const leaves = entries.map(hashEntry);
  const checkpoint = (size = entries.length) => {
    const tree = createFrontier();
    for (const leaf of leaves.slice(0, size)) tree.append(leaf);
    return signCheckpoint({ origin, size, rootHash: tree.root() }, sign);
  };
  const lineOf = (entry: AuditEntry) =>
    JSON.stringify({ kind: 'entry', entry, leafHash: toBase64(hashEntry(entry)) });
  return {
    gatewayDid: key.did,
    entries,
    checkpoint,
    receipt(sequence) {
      const [entry] = entries.slice(sequence - 1);
      if (!entry) throw new Error(`no entry ${sequence}`);
      const promise = { origin, sequence, leafHash: toBase64(hashEntry(entry)), at: entry.at };
      return { ...promise, signature: toBase64Url(sign(receiptSigningBytes(promise))) };
    },
    lines: (size = entries.length) => [
      ...entries.slice(0, size).map(lineOf),
      JSON.stringify({ kind: 'checkpoint', checkpoint: checkpoint(size) }),
    ],
  };
}
