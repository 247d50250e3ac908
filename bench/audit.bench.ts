// The audit log as it grows: what an append costs and what an inclusion proof costs at 1,000 to 1,000,000 entries, through
// the gateway's own store on a real file. The named peer of an append is the same row inserted without a tree.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { proveInclusion, type ReadNode, rootHash, verifyInclusion } from '@bonafide/core/audit';
import { openSqliteStore, type Store } from '@bonafide/gateway';

const SIZES = [1_000, 10_000, 100_000, 1_000_000];
const ENTRIES_A_COMMIT = 1_000;
const PROOFS = 400;
const WORKSPACE = 'bench';

const dataOf = (index: number) => ({
  ...{ actionId: `0199c0de-0000-7000-8000-${String(index).padStart(12, '0')}`, action: 'weather.lookup' },
  ...{ agentId: '0199c0de-0000-7000-8000-000000000000', status: 'approved', risk: 'low', reason: 'ok' },
  parameters: { city: 'Lisbon', days: 7, units: 'metric' },
});

const entryOf = (index: number) => ({
  ...{
    workspace: WORKSPACE,
    at: '2026-01-01T00:00:00.000Z',
    actor: 'agent:0199c0de-0000-7000-8000-000000000000',
  },
  ...{ event: 'action.approved', subject: `s-${index}`, requestId: `r-${index}`, data: dataOf(index) },
});

/** Microseconds of this process's CPU for each of `count` runs. */
async function cost(count: number, run: () => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

/** The same columns without leaf, hashes and digest. */
function openPeer(path: string): { append(from: number, to: number): void; close(): void } {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536');
  database.exec(`CREATE TABLE audit (workspace TEXT NOT NULL, sequence INTEGER NOT NULL, at TEXT NOT NULL, actor TEXT NOT NULL,
    event TEXT NOT NULL, subject TEXT NOT NULL, request_id TEXT, data TEXT NOT NULL, PRIMARY KEY (workspace, sequence)) STRICT`);
  const insert = database.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  return {
    append(from, to) {
      for (let start = from; start < to; start += ENTRIES_A_COMMIT) {
        database.exec('BEGIN IMMEDIATE');
        for (let index = start; index < Math.min(start + ENTRIES_A_COMMIT, to); index++) {
          const { workspace, at, actor, event, subject, requestId, data } = entryOf(index);
          insert.run(workspace, index + 1, at, actor, event, subject, requestId, JSON.stringify(data));
        }
        database.exec('COMMIT');
      }
    },
    close: () => database.close(),
  };
}

async function append(store: Store, from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += ENTRIES_A_COMMIT) {
    await store.commit((tables) => {
      for (let index = start; index < Math.min(start + ENTRIES_A_COMMIT, to); index++)
        tables.audit.append(entryOf(index));
    });
  }
}

const readNodesOf =
  ({ read }: Store): ReadNode =>
  (level, position) => {
    const node = read.auditTree.getNode({ workspace: WORKSPACE, level, position });
    if (!node) throw new Error(`no node ${level}/${position}`);
    return node;
  };

interface Proofs {
  readonly prove: number;
  readonly verify: number;
  readonly hashes: number;
}

/** Proofs of entries spread over the whole log, each checked. */
async function measureProofs(store: Store, size: number): Promise<Proofs> {
  const read = readNodesOf(store);
  const root = rootHash(read, size);
  const indices = Array.from(
    { length: PROOFS },
    (_, index) => Math.floor((index * 7919 * size) / PROOFS) % size,
  );
  const proofs: Uint8Array[][] = [];
  for (const index of indices.slice(0, 50)) proveInclusion(read, { index, size });
  const prove = await cost(PROOFS, () => {
    for (const index of indices) proofs.push(proveInclusion(read, { index, size }));
  });
  const claims = proofs.map((hashes, at) => {
    const index = indices[at] ?? 0;
    return { index, size, leafHash: read(0, index), rootHash: root, hashes };
  });
  const verify = await cost(PROOFS, () => {
    for (const claim of claims) if (!verifyInclusion(claim)) throw new Error('a proof does not hold');
  });
  return { prove, verify, hashes: Math.max(...proofs.map(({ length }) => length)) };
}

const us = (value: number): string => value.toFixed(1);

const folder = await mkdtemp(join(tmpdir(), 'bonafide-bench-'));
const store = openSqliteStore(join(folder, 'ours.db'));
const peer = openPeer(join(folder, 'peer.db'));
try {
  const rows = [];
  let from = 0;
  for (const size of SIZES) {
    // The peer grows as far as it is needed to compare appends at the same size.
    const ours = await cost(size - from, () => append(store, from, size));
    const plain = await cost(size - from, () => peer.append(from, size));
    rows.push({ size, ours, plain, ...(await measureProofs(store, size)) });
    from = size;
  }
  console.table(
    Object.fromEntries(
      rows.map(({ size, ours, plain, prove, verify, hashes }) => [
        size.toLocaleString('en'),
        {
          ...{ 'log2 n': us(Math.log2(size)), 'hashes in a proof': hashes, 'bytes of a proof': hashes * 32 },
          ...{ 'prove, us': us(prove), 'verify, us': us(verify) },
          ...{ 'append, us': us(ours), 'plain insert, us': us(plain) },
        },
      ]),
    ),
  );
  const [first] = rows;
  const last = rows.at(-1);
  if (!first || !last) throw new Error('nothing was measured');
  const ratio = (last.prove / first.prove).toFixed(3);
  const growth = (last.hashes / first.hashes).toFixed(2);
  console.log(
    `audit ratio=${ratio} proof-hashes=${growth} append-over-plain=${(last.ours / last.plain).toFixed(3)} append=${us(last.ours)}us plain=${us(last.plain)}us`,
  );
} finally {
  peer.close();
  await store.close();
  await rm(folder, { recursive: true });
}
