import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../identity/canonical.ts';
import type { AuditVerdict } from '../models/audit.ts';
import { entryOf, keyOf, logOf } from './testing/test-log.ts';
import { type VerifyAuditExportOptions, verifyAuditExport } from './verify-export.ts';

const SIZE = 12;
const entries = Array.from({ length: SIZE }, (_, index) => entryOf(index + 1));
const log = logOf(entries);
const { gatewayDid } = log;

const verify = (lines: readonly string[], options: VerifyAuditExportOptions = {}) =>
  verifyAuditExport(lines, { gatewayDid, ...options });

const found = ({ findings }: AuditVerdict) => findings.map(({ kind, sequence }) => [kind, sequence]);

/** Changes one entry of an export as somebody with a text editor would. */
function edit(lines: readonly string[], sequence: number, change: (line: string) => string): string[] {
  const edited = lines.map((line, index) => (index === sequence - 1 ? change(line) : line));
  expect(edited).not.toEqual(lines);
  return edited;
}

describe('an export as it was made', () => {
  it('is valid, of whatever size', async () => {
    for (const size of [0, 1, 2, 3, 4, 7, 8, SIZE]) {
      const verdict = await verify(log.lines(size));
      expect(verdict).toEqual({
        ...{ isValid: true, origin: `${gatewayDid}/default`, size, withoutData: 0, findings: [] },
        rootHash: log.checkpoint(size).rootHash,
      });
    }
  });

  it('is valid with what was kept from before: a checkpoint of any size and all receipts', async () => {
    const receipts = entries.map(({ sequence }) => log.receipt(sequence));
    for (let size = 0; size <= SIZE; size++) {
      const verdict = await verify(log.lines(), { checkpoint: log.checkpoint(size), receipts });
      expect(found(verdict)).toEqual([]);
    }
  });

  it('may end with a line break, and be read as it arrives', async () => {
    async function* arriving() {
      yield* [...log.lines(), ''];
    }
    expect((await verifyAuditExport(arriving(), { gatewayDid })).isValid).toBe(true);
  });
});

describe('an edited entry', () => {
  it.each([
    ['its actor', (line: string) => line.replace('agent:1', 'agent:2')],
    ['its time', (line: string) => line.replace('"at":"1970', '"at":"1971')],
    ['its event', (line: string) => line.replace('action.executed', 'action.denied')],
    ['its subject', (line: string) => line.replace('action-5', 'action-6')],
    ['its request', (line: string) => line.replace('request-5', 'request-6')],
    ['its workspace', (line: string) => line.replace('"default"', '"elsewhere"')],
    ['its data', (line: string) => line.replace('person-5', 'person-6')],
    ['its digest', (line: string) => line.replace(/"dataDigest":"./, '"dataDigest":"_')],
    ['its number', (line: string) => line.replace('"sequence":5', '"sequence":9')],
    ['its leaf hash', (line: string) => line.replace(/"leafHash":"./, '"leafHash":"_'.replace('_', 'z'))],
    ['a number in its data', (line: string) => line.replace('1e+21', '1e+22')],
  ])('is named when %s was changed, and nothing else is', async (_, change) => {
    expect(found(await verify(edit(log.lines(), 5, change)))).toEqual([['edited', 5]]);
  });

  it.each([
    ['a field that nobody knows', (line: string) => line.replace('"data":', '"dbta":')],
    ['another spelling of the same value', (line: string) => line.replace('1e+21', '1E+21')],
    [
      'a second field of one name',
      (line: string) => line.replace('{"sequence":5', '{"sequence":6,"sequence":5'),
    ],
    ['no JSON', (line: string) => line.slice(1)],
    ['nothing', () => ''],
  ])('is named when it has %s', async (_, change) => {
    const verdict = await verify(edit(log.lines(), 5, change));
    expect(verdict.isValid).toBe(false);
    if (change('') !== '') expect(found(verdict)).toEqual([['malformed', 5]]);
  });

  it('is detected when its leaf hash was rewritten with it, and named with a receipt', async () => {
    const rewritten = logOf(entries.with(4, entryOf(5, { actor: 'agent:2' })));
    const lines = [...rewritten.lines().slice(0, -1), ...log.lines().slice(-1)];
    expect(found(await verify(lines))).toEqual([['forked', undefined]]);
    expect(found(await verify(lines, { receipts: [log.receipt(5), log.receipt(6)] }))).toEqual([
      ['forked', 5],
      ['forked', undefined],
    ]);
    const early = await verify(lines, { checkpoint: log.checkpoint(4) });
    expect(early.findings[0]?.message).toContain('comes after it');
  });

  it('is named for each entry that was edited', async () => {
    const lines = [2, 5, 11].reduce(
      (edited, sequence) => edit(edited, sequence, (line) => line.replace('agent:1', 'agent:2')),
      log.lines(),
    );
    expect(found(await verify(lines))).toEqual([2, 5, 11].map((sequence) => ['edited', sequence]));
  });

  it('never passes: every changed byte of an export is detected', async () => {
    const bytes = Buffer.from(`${log.lines(4).join('\n')}\n`);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: bytes.length - 2 }),
        fc.integer({ min: 1, max: 255 }),
        async (position, flip) => {
          const changed = Buffer.from(bytes);
          changed.writeUInt8(changed.readUInt8(position) ^ flip, position);
          const verdict = await verify(changed.toString('utf8').split('\n'));
          const line = bytes.subarray(0, position).filter((byte) => byte === 0x0a).length + 1;
          expect(verdict.isValid, `byte ${position} of line ${line}`).toBe(false);
          // A byte inside an entry: exactly that entry is named, if anything is.
          const isInside = bytes[position] !== 0x0a && changed[position] !== 0x0a && line <= 4;
          if (isInside) expect(found(verdict).map(([, sequence]) => sequence)).toEqual([line]);
        },
      ),
      { numRuns: 1000 },
    );
  }, 60_000);
});

describe('entries that are not where they belong', () => {
  it('are named when they are missing', async () => {
    const lines = log.lines();
    expect(found(await verify(lines.toSpliced(4, 3)))).toEqual([['missing', 5]]);
    expect((await verify(lines.toSpliced(4, 3))).findings[0]?.message).toBe('Entries 5 to 7 are missing.');
    expect(found(await verify(lines.toSpliced(0, 1)))).toEqual([['missing', 1]]);
  });

  it('are named when they were swapped, moved or doubled', async () => {
    const lines = log.lines();
    const [third = '', fourth = ''] = lines.slice(2);
    expect(found(await verify(lines.with(2, fourth).with(3, third)))).toEqual([['reordered', 3]]);
    expect(found(await verify(lines.toSpliced(4, 0, third)))).toEqual([['reordered', 3]]);
    const moved = lines.toSpliced(2, 1).toSpliced(SIZE - 1, 0, third);
    expect(found(await verify(moved))).toEqual([['reordered', 3]]);
  });

  it('are detected when they were renumbered to close a gap', async () => {
    const closed = entries.toSpliced(4, 1).map((entry, index) => ({ ...entry, sequence: index + 1 }));
    const lines = [...logOf(closed).lines().slice(0, -1), ...log.lines().slice(-1)];
    expect(found(await verify(lines))).toEqual([['truncated', SIZE]]);
    expect((await verify(logOf(closed).lines(), { checkpoint: log.checkpoint(6) })).isValid).toBe(false);
  });
});

describe('a log that was cut short', () => {
  it('is detected by its checkpoint', async () => {
    const lines = log.lines();
    expect(found(await verify(lines.toSpliced(SIZE - 2, 2)))).toEqual([['truncated', SIZE - 1]]);
    expect(found(await verify(lines.slice(0, -1)))).toEqual([['unsigned', undefined]]);
    expect(found(await verify([]))).toEqual([['unsigned', undefined]]);
    expect(found(await verify([...lines.slice(0, -1), ...log.lines(8).slice(-1)]))).toEqual([
      ['unsigned', 9],
    ]);
  });

  it('is detected with an older checkpoint that was really signed, by one kept from later or a receipt', async () => {
    expect((await verify(log.lines(8))).isValid).toBe(true);
    expect(found(await verify(log.lines(8), { checkpoint: log.checkpoint() }))).toEqual([['truncated', 9]]);
    expect(found(await verify(log.lines(8), { receipts: [log.receipt(3), log.receipt(9)] }))).toEqual([
      ['truncated', 9],
    ]);
  });
});

describe('another log', () => {
  it('is refused: of another gateway, of another workspace, or a fork that the gateway itself signed', async () => {
    const foreign = logOf(entries, { key: keyOf(2) });
    expect(found(await verify(foreign.lines()))).toEqual([['wrongLog', undefined]]);
    const [elsewhere] = [logOf(entries, { workspace: 'elsewhere' })];
    expect(found(await verify(elsewhere.lines()))).toEqual([['wrongLog', undefined]]);
    expect(found(await verify(log.lines(), { checkpoint: elsewhere.checkpoint(3) }))).toEqual([
      ['wrongLog', undefined],
    ]);
    expect(found(await verify(log.lines(), { receipts: [elsewhere.receipt(3)] }))).toEqual([
      ['wrongLog', undefined],
    ]);
    const fork = logOf(entries.with(2, entryOf(3, { actor: 'system' })));
    expect((await verify(fork.lines())).isValid).toBe(true);
    expect(found(await verify(fork.lines(), { checkpoint: log.checkpoint(2) }))).toEqual([]);
    expect(found(await verify(fork.lines(), { checkpoint: log.checkpoint(3) }))).toEqual([
      ['forked', undefined],
    ]);
    expect(found(await verify(fork.lines(), { receipts: [log.receipt(3)] }))).toEqual([['forked', 3]]);
  });

  it('is refused when its signature is missing, of another key, or over something else', async () => {
    const lines = log.lines();
    const withCheckpoint = (change: object) =>
      verify(
        lines.with(
          -1,
          JSON.stringify({ kind: 'checkpoint', checkpoint: { ...log.checkpoint(), ...change } }),
        ),
      );
    const own = log.checkpoint();
    const forged = logOf(entries, { key: keyOf(2) }).checkpoint();
    for (const change of [
      { note: own.note.slice(0, own.note.indexOf('\u2014')) },
      { note: forged.note },
      { note: forged.note.replaceAll(forged.origin, own.origin) },
      { note: log.checkpoint(8).note },
      { size: 11 },
      { rootHash: log.checkpoint(8).rootHash },
      { note: '' },
    ])
      expect(found(await withCheckpoint(change))).toEqual([['unsigned', undefined]]);
    const receipt = { ...log.receipt(3), at: log.receipt(4).at };
    expect(found(await verify(lines, { receipts: [receipt] }))).toEqual([['unsigned', 3]]);
  });

  it('is taken at its word when nobody says who must have signed', async () => {
    const foreign = logOf(entries, { key: keyOf(2) });
    expect(await verifyAuditExport(foreign.lines())).toMatchObject({
      isValid: true,
      origin: `${keyOf(2).did}/default`,
    });
  });

  it('is refused when something follows the checkpoint', async () => {
    const [first = ''] = log.lines();
    expect(found(await verify([...log.lines(), first]))).toEqual([['malformed', undefined]]);
    expect(found(await verify([...log.lines(), '', first])).length).toBeGreaterThan(0);
  });
});

describe('data that is gone', () => {
  const withoutData = (sequence: number) => {
    const { data: _, ...entry } = entryOf(sequence);
    return entry;
  };
  const pruned = (throughSequence: number) => {
    const data = { throughSequence };
    return entryOf(SIZE + 1, { actor: 'system', event: 'audit.pruned', data, dataDigest: digestOf(data) });
  };

  it('is fine when the log says that retention removed it', async () => {
    const kept = logOf([withoutData(1), withoutData(2), ...entries.slice(2), pruned(2)]);
    expect(await verify(kept.lines(), { checkpoint: log.checkpoint(8) })).toMatchObject({
      isValid: true,
      withoutData: 2,
    });
  });

  it('is named when the log does not say so', async () => {
    const silent = logOf([withoutData(1), withoutData(2), ...entries.slice(2)]);
    expect(found(await verify(silent.lines()))).toEqual([['missing', 1]]);
    const partly = logOf([withoutData(1), withoutData(2), withoutData(3), ...entries.slice(3), pruned(2)]);
    expect(found(await verify(partly.lines()))).toEqual([['missing', 3]]);
  });
});

describe('a hostile file', () => {
  it('gets a bounded answer', async () => {
    const lines = log.lines();
    const garbage = Array.from({ length: 2000 }, (_, index) =>
      index % 2 ? '{' : (lines[index % SIZE] ?? ''),
    );
    const { findings, isValid } = await verify(garbage);
    expect(isValid).toBe(false);
    expect(findings.length).toBe(101);
    expect(findings.at(-1)?.message).toMatch(/more findings/);
  });

  it('cannot exhaust the stack or pollute prototypes', async () => {
    const deep = `{"kind":"entry","entry":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect((await verify([deep])).isValid).toBe(false);
    const line = log.lines()[4]?.replace('"data":{', '"data":{"__proto__":{"x":1},') ?? '';
    expect(found(await verify(log.lines().with(4, line)))).toEqual([['edited', 5]]);
  });
});
