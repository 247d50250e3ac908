import type { BonafideError } from '@bonafide/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openSide, type Side, sitTwo } from '../testing/connected.ts';
import { FakeRtc } from '../testing/fake-rtc.ts';
import { type Seat, SignalSwitch } from '../testing/signal-switch.ts';
import type { LinkedPeer } from './connector.ts';

const sides: Side[] = [];
afterEach(async () => {
  for (const side of sides.splice(0)) await side.connector[Symbol.asyncDispose]();
});

type Settings = Omit<Parameters<typeof openSide>[1], 'rtc'>;

function open(seat: Seat, rtc: FakeRtc, settings: Settings = {}): Side {
  const side = openSide(seat, { rtc, ...settings });
  sides.push(side);
  return side;
}

async function openTwo(settings: Settings = {}) {
  const signals = new SignalSwitch();
  const rtc = new FakeRtc();
  const [first, second] = sitTwo(signals);
  const here = open(first, rtc, settings);
  const there = open(second, rtc, settings);
  await Promise.all([here.connector.registered, there.connector.registered]);
  return { signals, rtc, here, there };
}

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 5 });
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'resolved',
    (error: BonafideError) => error.code,
  );

/** Says something, and waits until the other side heard it. */
async function expectTalk(from: LinkedPeer, to: LinkedPeer, sequence: number): Promise<void> {
  const heard: unknown[] = [];
  const stop = to.link.onMessage((message) => void heard.push(message));
  from.link.send({ type: 'PING', id: `ping-${sequence}`, sequence });
  await until(() => expect(heard).toEqual([{ type: 'PING', id: `ping-${sequence}`, sequence }]));
  stop();
}

function only<Item>(items: readonly Item[]): Item {
  expect(items).toHaveLength(1);
  return items[0] as Item;
}

describe('connect', () => {
  it('makes one link of the same name on both sides', async () => {
    const { here, there } = await openTwo();
    const linked = await here.connector.connect(there.did);
    await until(() => expect(there.linked[0]?.link.state).toBe('connected'));
    const other = only(there.linked);
    expect(linked.link.linkId).toBe(other.link.linkId);
    expect(linked.link.path).toBe('direct');
    expect(linked.identity).toEqual(there.seat.identity);
    expect(other.identity).toEqual(here.seat.identity);
    await expectTalk(linked, other, 1);
    await expectTalk(other, linked, 2);
    expect([...here.violations, ...there.violations]).toEqual([]);
  });

  it('is the same link for everybody who asks, while it lives', async () => {
    const { here, there } = await openTwo();
    const [one, two] = await Promise.all([here.connector.connect(there.did), here.connector.connect(there.did)]);
    expect(one.link).toBe(two.link);
    await until(() => expect(there.linked[0]?.link.state).toBe('connected'));
    const back = await there.connector.connect(here.did);
    expect(back.link).toBe(only(there.linked).link);
    expect(only(here.linked).link).toBe(one.link);
  });
});
