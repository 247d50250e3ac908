import { createFrontier, hashEntry } from '@bonafide/core/audit';
import { digestOf } from '@bonafide/core/identity';
import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const NOW = '2026-01-01T00:00:00.000Z';

type NewEntry = Parameters<Parameters<Parameters<Store['commit']>[0]>[0]['audit']['append']>[0];

const entryOf = (workspace: string, change: Partial<NewEntry> = {}): NewEntry => ({
  ...{ workspace, at: NOW, actor: 'system', event: 'x.y', subject: 's', data: { b: [1, null], a: 'é\n' } },
  ...change,
});

interface Stores {
  store(): Store;
  /** A second one on the same storage, as a second process has it. */
  openAnother(): Store;
}

const append = (store: Store, entry: NewEntry) => store.commit((tables) => tables.audit.append(entry));

const entriesOf = (store: Store, workspace = 'a', after = 0) =>
  store.read.audit.list({ workspace }, { after, limit: 1000 });

/** The root over the entries as they are read, and the one of the stored nodes. */
function expectTree({ read }: Store, workspace: string): void {
  const fromSequence = 1;
  const throughSequence = read.auditTree.getSize(workspace);
  const leaves = read.audit.listLeaves({ workspace, fromSequence, throughSequence });
  expect(leaves.map(({ entry }) => entry.sequence)).toEqual(leaves.map((_, index) => index + 1));
  expect(leaves.length).toBe(throughSequence);
  const frontier = createFrontier();
  for (const { entry, leafHash } of leaves) {
    expect(Buffer.from(leafHash)).toEqual(Buffer.from(hashEntry(entry)));
    frontier.append(leafHash).forEach((hash, level) => {
      const position = entry.sequence / 2 ** level - 1;
      const node = read.auditTree.getNode({ workspace, level, position });
      expect(node && Buffer.from(node)).toEqual(Buffer.from(hash));
    });
  }
}

/** The part of the suite about the audit log and its tree. */
export function testAudit(stores: Stores): void {
  testAppend(stores);
  testReads(stores);
  testRetention(stores);
}

function testAppend({ store, openAnother }: Stores): void {
  it('numbers audit entries of each workspace from 1 without gaps, even when a change is undone', async () => {
    await Promise.allSettled(
      ['a', 'b', 'a', 'undo', 'a'].map((workspace) =>
        store().commit((tables) => {
          tables.audit.append(entryOf(workspace === 'undo' ? 'a' : workspace));
          if (workspace === 'undo') throw new Error('no');
        }),
      ),
    );
    await append(store(), entryOf('a'));
    expect(entriesOf(store()).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    expect(entriesOf(store(), 'b')).toEqual([
      { sequence: 1, ...entryOf('b'), dataDigest: digestOf(entryOf('b').data) },
    ]);
    expectTree(store(), 'a');
    expectTree(store(), 'b');
  });

  it('returns what the tree holds of an entry, and keeps every complete subtree', async () => {
    const appended = await store().commit((tables) =>
      Array.from({ length: 37 }, (_, index) => tables.audit.append(entryOf('a', { subject: `s${index}` }))),
    );
    expect(appended.map(({ sequence }) => sequence)).toEqual(appended.map((_, index) => index + 1));
    expectTree(store(), 'a');
    for (const { sequence, leafHash } of appended) {
      const node = store().read.auditTree.getNode({ workspace: 'a', level: 0, position: sequence - 1 });
      expect(node && Buffer.from(node)).toEqual(Buffer.from(leafHash));
    }
    const beyond = { workspace: 'a', level: 0, position: 37 };
    expect(store().read.auditTree.getNode(beyond)).toBeUndefined();
    expect(store().read.auditTree.getNode({ ...beyond, workspace: 'b', position: 0 })).toBeUndefined();
    expect(store().read.auditTree.getSize('b')).toBe(0);
  });

  it('grows one tree from two processes that take turns', async () => {
    const other = openAnother();
    try {
      for (let turn = 0; turn < 20; turn++) {
        await Promise.all([append(store(), entryOf('a')), append(store(), entryOf('b'))]);
        const failing = other.commit((tables) => {
          tables.audit.append(entryOf('a'));
          throw new Error('no');
        });
        await Promise.allSettled([failing, append(other, entryOf('a')), append(other, entryOf('a'))]);
      }
    } finally {
      await other.close();
    }
    expect(entriesOf(store()).map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 60 }, (_, index) => index + 1),
    );
    expectTree(store(), 'a');
    expectTree(store(), 'b');
  });
}

function testReads({ store }: Stores): void {
  it('finds audit entries by the agent that acted, else the one it was about, and by action', async () => {
    const data = { agentId: 'y', action: 'mail.send' };
    await append(store(), entryOf('a', { actor: 'agent:x', data }));
    await append(store(), entryOf('a', { actor: 'system', data }));
    await append(store(), entryOf('a', { actor: 'token:1', data: { agentId: 'x', action: 'mail.read' } }));
    await append(store(), entryOf('b', { actor: 'agent:x', data }));
    const found = (filter: { agentId?: string; action?: string; actor?: string }) =>
      store()
        .read.audit.list({ workspace: 'a', ...filter }, { after: 0, limit: 9 })
        .map(({ sequence }) => sequence);
    expect([found({ agentId: 'x' }), found({ agentId: 'y' }), found({ agentId: 'z' })]).toEqual([
      [1, 3],
      [2],
      [],
    ]);
    const latest = (before?: number) =>
      store()
        .read.audit.list({ workspace: 'a' }, { before, limit: 2 })
        .map(({ sequence }) => sequence);
    expect([latest(), latest(2), latest(1)]).toEqual([[3, 2], [1], []]);
    expect([found({ action: 'mail.send' }), found({ actor: 'token:1' })]).toEqual([[1, 2], [3]]);
    expect(found({ agentId: 'x', action: 'mail.read' })).toEqual([3]);
    expect(store().read.audit.listWorkspaces()).toEqual(['a', 'b']);
  });
}

function testRetention({ store }: Stores): void {
  it('removes the data of the oldest audit entries in bounded steps, and nothing else', async () => {
    for (const day of ['01', '02', '03', '04', '05'])
      await append(store(), entryOf('a', { at: `2026-01-${day}T00:00:00.000Z` }));
    await append(store(), entryOf('b'));
    const before = entriesOf(store());
    const prune = (time: string) =>
      store().commit((tables) =>
        tables.audit.prune({ workspace: 'a', before: `2026-01-${time}T00:00:00.000Z`, limit: 2 }),
      );
    expect(await prune('01')).toBeUndefined();
    expect(await prune('04')).toEqual({ count: 2, fromSequence: 1, throughSequence: 2 });
    expect(await prune('04')).toEqual({ count: 1, fromSequence: 3, throughSequence: 3 });
    expect(await prune('04')).toBeUndefined();
    const kept = before.map(({ data, ...entry }) => (entry.sequence > 3 ? { ...entry, data } : entry));
    expect(entriesOf(store())).toEqual(kept);
    expect(entriesOf(store(), 'b')[0]).toHaveProperty('data');
    await append(store(), entryOf('a'));
    expect(entriesOf(store()).at(-1)?.sequence).toBe(6);
    expectTree(store(), 'a');
  });
}
