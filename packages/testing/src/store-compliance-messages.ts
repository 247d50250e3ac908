import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const limits = { messages: 4, bytes: 100 };
const inbox = (address: string, workspace = 'a') => ({ workspace, address });

const messageOf = (messageId: string, change: object = {}) => ({
  ...{
    messageId,
    senderId: 0,
    kind: 'chat' as const,
    body: `"${messageId}"`,
    bytes: 10,
    sentAt: 1000,
    ...change,
  },
});

/** What a store must hold of inboxes, messages and dead letters. */
export function testMessages(store: () => Store): void {
  const open = (...names: string[]) =>
    store().commit(({ inboxes }) => names.map((name) => inboxes.ensure(inbox(name))));
  const append = (inboxId: number, messages: readonly ReturnType<typeof messageOf>[]) =>
    store().commit((tables) => tables.messages.append(inboxId, messages, limits));
  const idsAfter = (inboxId: number, after: number, range: object = {}) =>
    store()
      .read.messages.listAfter(inboxId, { after, limit: 10, maxBytes: 1000, ...range })
      .map(({ messageId }) => messageId);
  const count = (inboxId: number) => store().read.inboxes.get(inboxId);

  testAppending({ open, append, idsAfter, count });
  testHolding(store, { open, append, idsAfter, count });
  testEnding(store, { open, append, idsAfter, count });
  testAge(store, { open, append, idsAfter, count });
}

type Tables = Parameters<Parameters<Store['commit']>[0]>[0];
type Appended = ReturnType<Tables['messages']['append']>;

interface Tools {
  open(...names: string[]): Promise<number[]>;
  append(inboxId: number, messages: readonly ReturnType<typeof messageOf>[]): Promise<Appended>;
  idsAfter(inboxId: number, after: number, range?: object): string[];
  count(inboxId: number): ReturnType<Store['read']['inboxes']['get']>;
}
function testAppending({ open, append, idsAfter, count }: Tools): void {
  it('puts messages into inboxes in order, each once, up to its limits', async () => {
    const [x = 0, sender = 0] = await open('x', 'sender');
    const of = (id: string, change: object = {}) => messageOf(id, { senderId: sender, ...change });
    const first = await append(x, [of('1'), of('2'), of('1')]);
    const [one, two] = first.placed.map((placed) => ('sequence' in placed ? placed.sequence : 0));
    expect(first.previous).toBe(0);
    expect(first.placed[2]).toEqual({ outcome: 'duplicate', sequence: one });
    expect(two).toBeGreaterThan(Number(one));
    const second = await append(x, [of('3'), of('4'), of('5'), of('2')]);
    expect(second.previous).toBe(two);
    expect(second.placed.map(({ outcome }) => outcome)).toEqual(['kept', 'kept', 'full', 'duplicate']);
    expect(idsAfter(x, 0)).toEqual(['1', '2', '3', '4']);
    expect(idsAfter(x, Number(one), { limit: 2 })).toEqual(['2', '3']);
    expect(idsAfter(x, 0, { maxBytes: 11 })).toEqual(['1', '2']);
    expect(count(x)).toMatchObject({ pending: 4, pendingBytes: 40, address: 'x', workspace: 'a' });
    expect((await append(sender, [of('1', { bytes: 101 })])).placed).toEqual([{ outcome: 'full' }]);
  });
}

function testHolding(store: () => Store, { open, append, idsAfter, count }: Tools): void {
  it('lets one session hold a message, and nobody else settle it', async () => {
    const [x = 0, senderId = 0] = await open('x', 'sender');
    await append(
      x,
      ['1', '2', '3'].map((id) => messageOf(id, { senderId })),
    );
    const claim = (heldBy: string, limit: number) =>
      store().commit(({ messages }) => messages.claim(x, { heldBy, limit }));
    const mine = await claim('s1', 2);
    expect(mine.map(({ messageId, attempts, from, to }) => [messageId, attempts, from, to])).toEqual([
      ['1', 1, 'sender', 'x'],
      ['2', 1, 'sender', 'x'],
    ]);
    expect((await claim('s2', 2)).map(({ messageId }) => messageId)).toEqual(['3']);
    expect(store().read.messages.getUnheldCount(x, 10)).toBe(0);
    const sequences = mine.map(({ sequence }) => sequence);
    const settle = (heldBy?: string) =>
      store().commit(({ messages }) => messages.settle(x, { sequences, heldBy }, 'delivered'));
    expect([await settle(), await settle('s2')]).toEqual([0, 0]);
    expect(
      store()
        .read.messages.listHolders()
        .map(({ heldBy }) => heldBy)
        .sort(),
    ).toEqual(['s1', 's2']);
    expect(await store().commit(({ messages }) => messages.release(x, 's2'))).toBe(1);
    expect(idsAfter(x, 0)).toEqual(['3']);
    expect([await settle('s1'), await settle('s1')]).toEqual([2, 0]);
    expect(count(x)).toMatchObject({ pending: 1, pendingBytes: 10, delivered: 2 });
  });
}

function testEnding(store: () => Store, { open, append, idsAfter, count }: Tools): void {
  it('settles up to a sequence, counts attempts, buries and revives', async () => {
    const [x = 0, senderId = 0] = await open('x', 'sender');
    const { placed } = await append(
      x,
      ['1', '2', '3'].map((id) => messageOf(id, { senderId })),
    );
    const [one = 0, two = 0, three = 0] = placed.map((each) => ('sequence' in each ? each.sequence : 0));
    await store().commit(({ messages }) => messages.addAttempt(x, { from: two, through: three }));
    expect(store().read.messages.get(x, two)).toMatchObject({ attempts: 1 });
    expect(await store().commit(({ messages }) => messages.settle(x, { through: one }, 'delivered'))).toBe(1);
    const deadLetterId = '01890a5d-ac96-774b-bcce-b302099a8057';
    const bury = () =>
      store().commit(({ deadLetters }) =>
        deadLetters.bury(
          { inboxId: x, sequence: two },
          { deadLetterId, reason: 'rejected', detail: 'no', at: 2000 },
        ),
      );
    expect([await bury(), await bury().catch(() => false)]).toEqual([true, false]);
    expect(count(x)).toMatchObject({ pending: 1, delivered: 1, deadLettered: 1 });
    const letter = store().read.deadLetters.get({ workspace: 'a', id: deadLetterId });
    expect(letter).toMatchObject({ reason: 'rejected', detail: 'no', address: 'x', at: 2000 });
    expect(letter?.message).toMatchObject({ messageId: '2', body: '"2"', from: 'sender', to: 'x' });
    expect(store().read.deadLetters.get({ workspace: 'b', id: deadLetterId })).toBeUndefined();
    const sequence =
      letter && (await store().commit(({ deadLetters }) => deadLetters.revive({ ...letter, at: 3000 })));
    expect(sequence).toBeGreaterThan(three);
    expect(idsAfter(x, 0)).toEqual(['3', '2']);
    expect(store().read.deadLetters.list({ workspace: 'a' }, { limit: 9 })).toEqual([]);
  });
}

function testAge(store: () => Store, { open, append }: Tools): void {
  it('finds what expired or is too old, and forgets what was settled, but never the newest', async () => {
    const [x = 0, senderId = 0] = await open('x', 'sender');
    await append(x, [
      messageOf('timed', { senderId, expiresAt: 1500 }),
      messageOf('old', { senderId }),
      messageOf('young', { senderId, sentAt: 9000 }),
    ]);
    const { messages } = store().read;
    expect(messages.listExpired(1499, 9)).toEqual([]);
    expect(messages.listExpired(1500, 9)).toMatchObject([{ inboxId: x, heldBy: '' }]);
    const { items, scannedThrough } = messages.listOutdated(5000, { after: 0, limit: 9 });
    expect(items.map(({ sequence }) => messages.get(x, sequence)?.messageId)).toEqual(['old']);
    expect(messages.listOutdated(5000, { after: scannedThrough, limit: 9 }).items).toEqual([]);
    const last = store().read.inboxes.getLastSequence(x);
    await store().commit((tables) => tables.messages.settle(x, { through: last }, 'delivered'));
    expect(await store().commit((tables) => tables.messages.prune(99_000, 9))).toBe(2);
    expect((await append(x, [messageOf('young', { senderId })])).placed).toEqual([
      { outcome: 'duplicate', sequence: last },
    ]);
    expect((await append(x, [messageOf('old', { senderId })])).placed).toMatchObject([{ outcome: 'kept' }]);
  });

  it('knows the members of a group, and lists inboxes of one workspace that were used', async () => {
    const [x = 0, y = 0] = await open('x', 'y');
    await store().commit(({ inboxes }) => {
      inboxes.join(y, 'events');
      inboxes.ensure(inbox('z', 'b'));
    });
    expect(
      store()
        .read.inboxes.listMembers('a', 'events')
        .map(({ inboxId }) => inboxId),
    ).toEqual([y]);
    expect(store().read.inboxes.listMembers('a', 'metrics')).toEqual([]);
    expect(store().read.inboxes.list('a', { limit: 9 })).toEqual([]);
    await append(x, [messageOf('1', { senderId: y })]);
    expect(
      store()
        .read.inboxes.list('a', { limit: 9 })
        .map(({ address }) => address),
    ).toEqual(['x']);
    expect(store().read.inboxes.list('a', { after: 'x', limit: 9 })).toEqual([]);
    expect([store().read.inboxes.getCount('a', 9), store().read.inboxes.getCount('a', 1)]).toEqual([2, 1]);
    expect(store().read.inboxes.getOldestAt(x)).toBe(1000);
  });
}
