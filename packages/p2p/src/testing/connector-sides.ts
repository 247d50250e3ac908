import type { BonafideError } from '@bonafide/core';
import { expect, vi } from 'vitest';
import type { LinkedPeer } from '../connection/connector.ts';
import { openSide, type Side, type SideOptions, sitTwo } from './connected.ts';
import { FakeRtc } from './fake-rtc.ts';
import { type Seat, SignalSwitch } from './signal-switch.ts';

const sides: Side[] = [];
/** Closes every side that was opened. */
export async function closeSides(): Promise<void> {
  for (const side of sides.splice(0)) await side.connector[Symbol.asyncDispose]();
}

type Settings = Omit<SideOptions, 'rtc'>;

/** As `openSide`, until `closeSides`. */
export function open(seat: Seat, rtc: FakeRtc, settings: Settings = {}): Side {
  const side = openSide(seat, { rtc, ...settings });
  sides.push(side);
  return side;
}

export interface Two {
  readonly signals: SignalSwitch;
  readonly rtc: FakeRtc;
  /** The polite one. */
  readonly here: Side;
  readonly there: Side;
}

/** Two that are registered. */
export async function openTwo(settings: Settings = {}): Promise<Two> {
  const signals = new SignalSwitch();
  const rtc = new FakeRtc();
  const [first, second] = sitTwo(signals);
  const here = open(first, rtc, settings);
  const there = open(second, rtc, settings);
  await Promise.all([here.connector.registered, there.connector.registered]);
  return { signals, rtc, here, there };
}

export const until = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: 20_000, interval: 5 });
/** Lets others go first. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'resolved',
    (error: BonafideError) => error.code,
  );

/** Says something, and waits until the other side heard it. */
export async function expectTalk(from: LinkedPeer, to: LinkedPeer, sequence: number): Promise<void> {
  const heard: unknown[] = [];
  const stop = to.link.onMessage((message) => void heard.push(message));
  from.link.send({ type: 'PING', id: `ping-${sequence}`, sequence });
  await until(() => expect(heard).toEqual([{ type: 'PING', id: `ping-${sequence}`, sequence }]));
  stop();
}

export function only<Item>(items: readonly Item[]): Item {
  expect(items).toHaveLength(1);
  return items[0] as Item;
}
