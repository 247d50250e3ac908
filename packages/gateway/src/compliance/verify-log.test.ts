import { createFrontier, hashEntry, nodeHash } from '@bonafide/core/audit';
import { digestOf } from '@bonafide/core/identity';
import type { AuditEntry } from '@bonafide/core/models';
import { describe, expect, it } from 'vitest';
import { createLogCheck, type SignedLog } from './verify-log.ts';

const SIZE = 37;

function entryOf(sequence: number, data: AuditEntry['data'] = { sequence }): AuditEntry {
  const at = '2026-10-01T00:00:00.000Z';
  const what = { actor: 'system', event: 'test.happened', subject: `s${sequence}` };
  return { sequence, workspace: 'default', at, ...what, dataDigest: digestOf(data ?? {}), data };
}

const entries = Array.from({ length: SIZE }, (_, index) => entryOf(index + 1));

function signedLog(): SignedLog {
  const leaves = entries.map(hashEntry);
  const frontier = createFrontier();
  for (const leaf of leaves) frontier.append(leaf);
  const readNode = (level: number, position: number): Uint8Array => {
    const leaf = leaves[position];
    if (level === 0 && leaf) return leaf;
    return nodeHash(readNode(level - 1, 2 * position), readNode(level - 1, 2 * position + 1));
  };
  const rootHash = Buffer.from(frontier.root()).toString('base64');
  return {
    readNode,
    prunedThrough: 20,
    checkpoint: { origin: 'did:key:z/default', size: SIZE, rootHash, note: '' },
  };
}

function check(
  entriesSeen: readonly AuditEntry[],
  range: { start: number; end: number },
  seen: 'all' | 'some' = 'all',
) {
  const logCheck = createLogCheck(signedLog(), { range, seen });
  for (const entry of entriesSeen) logCheck.see(entry);
  return logCheck.finish();
}

describe('createLogCheck', () => {
  it('verifies every range of a log', () => {
    for (let start = 1; start <= SIZE; start += 1) {
      for (let end = start + 1; end <= SIZE + 1; end += 1) {
        const verdict = check(entries.slice(start - 1, end - 1), { start, end });
        expect(verdict.isVerified, `${start} to ${end}: ${verdict.explanation}`).toBe(true);
      }
    }
  });

  it('verifies some entries among others, and finds each of them edited', () => {
    const range = { start: 3, end: SIZE + 1 };
    const some = entries.filter(({ sequence }) => sequence >= 3 && sequence % 5 < 2);
    expect(check(some, range, 'some')).toMatchObject({ isVerified: true });
    for (const { sequence } of some) {
      const edited = some.map((entry) => (entry.sequence === sequence ? { ...entry, event: 'x.y' } : entry));
      expect(check(edited, range, 'some').isVerified, `entry ${sequence}`).toBe(false);
    }
  });

  it('names the entry whose hash is gone', () => {
    const log = signedLog();
    const readNode: SignedLog['readNode'] = (level, position) =>
      (position + 1) * 2 ** level === 32 ? undefined : log.readNode(level, position);
    const logCheck = createLogCheck({ ...log, readNode }, { range: { start: 33, end: 34 }, seen: 'all' });
    for (const entry of entries.slice(32, 33)) logCheck.see(entry);
    expect(logCheck.finish()).toMatchObject({ isVerified: false });
  });

  const range = { start: 6, end: 30 };
  const period = entries.slice(5, 29);

  it('verifies entries whose data retention removed', () => {
    const bareUpTo = (last: number) =>
      period.map(({ data, ...entry }) => (entry.sequence <= last ? entry : { ...entry, data }));
    expect(check(bareUpTo(20), range).isVerified).toBe(true);
    expect(check(bareUpTo(21), range).explanation).toContain('entry 21 is gone');
  });

  it.each(period.map(({ sequence }) => sequence))(
    'finds entry %i edited, removed and its data changed',
    (at) => {
      const change = (edit: (entry: AuditEntry) => AuditEntry[]) =>
        check(
          period.flatMap((entry) => (entry.sequence === at ? edit(entry) : [entry])),
          range,
        );
      expect(change((entry) => [{ ...entry, actor: 'agent:other' }])).toMatchObject({ isVerified: false });
      expect(change((entry) => [{ ...entry, data: { other: 1 } }]).explanation).toContain(`entry ${at} `);
      expect(change(() => [])).toMatchObject({ isVerified: false });
      expect(change((entry) => [entryOf(at, { other: 1 }), entry].slice(0, 1))).toMatchObject({
        isVerified: false,
      });
    },
  );

  it('says nothing of a period without entries', () => {
    expect(check([], { start: 38, end: 38 })).toMatchObject({ isVerified: false });
  });
});
