import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createFloor, type Floor, type Seat } from '../testing/message-floor.ts';

const SENDERS = ['ag::default::a::1', 'ag::default::b::1'] as const;
const RECIPIENTS = ['ag::default::x::1', 'ag::default::y::1'] as const;

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('send' as const), from: fc.nat(1), to: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resend' as const), from: fc.nat(1), to: fc.nat(1) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('ack' as const), to: fc.nat(1), share: fc.nat(100) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('reconnect' as const),
      to: fc.nat(1),
      credit: fc.integer({ min: 1, max: 8 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('block' as const), to: fc.nat(1), isSlow: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
);

/** A recipient as the model has it: what it dealt with, each message once, in the order in which it came. */
interface Recipient {
  seat: Seat;
  seen: number;
  lastD: number;
  readonly dealtWith: string[];
  readonly known: Set<string>;
}

function read(recipient: Recipient): void {
  const { received } = recipient.seat;
  for (; recipient.seen < received.length; recipient.seen++) {
    const frame = received[recipient.seen]?.frame;
    if (frame?.t !== 'msg') continue;
    // Numbers of deliveries have no gaps.
    expect(frame.d).toBe(recipient.lastD + 1);
    recipient.lastD = frame.d;
    if (recipient.known.has(frame.id)) continue;
    recipient.known.add(frame.id);
    recipient.dealtWith.push(frame.id);
  }
}

it('whatever is sent, acknowledged, cut off and resumed: each message once, in order per pair', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), async (steps) => {
      await using floor = await createFloor();
      await play(floor, steps);
    }),
    { numRuns: 25 },
  );
});

async function play(
  floor: Floor,
  steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[],
) {
  const senders = await Promise.all(SENDERS.map((name) => floor.open(name)));
  const recipients: Recipient[] = [];
  for (const name of RECIPIENTS)
    recipients.push({ seat: await floor.open(name), seen: 0, lastD: 0, dealtWith: [], known: new Set() });
  const sent = new Map<string, string[]>();
  let n = 0;
  const send = (from: number, to: number, id: string) =>
    senders[from]?.send({ t: 'send', n: ++n, to: RECIPIENTS[to] ?? '', kind: 'chat', id }, id);

  for (const each of steps) {
    if (each.do === 'send') {
      const pair = `${each.from}${each.to}`;
      const ids = sent.get(pair) ?? [];
      sent.set(pair, ids);
      ids.push(`${pair}-${ids.length}`);
      send(each.from, each.to, ids.at(-1) ?? '');
    } else if (each.do === 'resend') {
      const known = sent.get(`${each.from}${each.to}`)?.at(-1);
      if (known !== undefined) send(each.from, each.to, known);
    } else if (each.do === 'settle') {
      await floor.settle();
      recipients.forEach(read);
    } else {
      const recipient = recipients[each.to];
      if (!recipient) continue;
      read(recipient);
      if (each.do === 'ack') {
        const d = Math.floor((recipient.lastD * each.share) / 100);
        if (d > 0) recipient.seat.send({ t: 'ack', d });
      } else if (each.do === 'block') {
        recipient.seat.queuedBytes = each.isSlow ? 10_000_000 : 0;
        recipient.seat.drain();
      } else {
        recipient.seat.close();
        const seat = await floor.open(RECIPIENTS[each.to] ?? '', { credit: each.credit });
        Object.assign(recipient, { seat, seen: 0, lastD: 0 });
      }
    }
  }
  await finish(floor, recipients);
  recipients.forEach((recipient, to) => {
    SENDERS.forEach((_, from) => {
      const pair = `${from}${to}`;
      const got = recipient.dealtWith.filter((id) => id.startsWith(`${pair}-`));
      expect(got).toEqual(sent.get(pair) ?? []);
    });
    expect(recipient.seat.problem).toBeUndefined();
    const inbox = { workspace: 'default', address: RECIPIENTS[to] ?? '' };
    const queue = floor.services.store.read.inboxes.find(inbox);
    const total = SENDERS.reduce((sum, _, from) => sum + (sent.get(`${from}${to}`)?.length ?? 0), 0);
    // Every message was counted once: as delivered, or given up after too many reconnects without an answer.
    expect((queue?.delivered ?? 0) + (queue?.deadLettered ?? 0)).toBe(total);
    expect(queue?.pendingBytes ?? 0).toBe(0);
  });
}

/** Every reader takes and acknowledges all there is. */
async function finish(floor: Floor, recipients: readonly Recipient[]): Promise<void> {
  for (;;) {
    await floor.settle();
    let isDone = true;
    for (const recipient of recipients) {
      recipient.seat.queuedBytes = 0;
      recipient.seat.drain();
      const before = recipient.lastD;
      read(recipient);
      if (recipient.lastD > 0) recipient.seat.send({ t: 'ack', d: recipient.lastD });
      if (recipient.lastD > before) isDone = false;
    }
    await floor.settle();
    if (isDone && recipients.every(({ seat, seen }) => seat.received.length === seen)) return;
  }
}
