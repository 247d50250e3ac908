import { BonafideError } from '@bonafide/core';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Side, sitTwo } from '../testing/connected.ts';
import {
  closeSides,
  codeOf,
  expectTalk,
  only,
  open,
  openTwo,
  turns,
  until,
} from '../testing/connector-sides.ts';
import { type FakeConnection, FakeRtc } from '../testing/fake-rtc.ts';
import { SignalSwitch } from '../testing/signal-switch.ts';

afterEach(closeSides);

import type { LinkedPeer } from './connector.ts';

describe('both call at once', () => {
  it('ends with one link, whatever overtakes what', async () => {
    const choices = fc.infiniteStream(fc.nat({ max: 7 }));
    await fc.assert(
      fc.asyncProperty(choices, fc.nat({ max: 12 }), fc.nat({ max: 12 }), async (stream, early, late) => {
        const { signals, rtc, here, there } = await openTwo();
        signals.choose = () => stream.next().value ?? 0;
        const [one, two] = await Promise.all([
          turns(early).then(() => here.connector.connect(there.did)),
          turns(late).then(() => there.connector.connect(here.did)),
        ]);
        expect(one.link.linkId).toBe(two.link.linkId);
        expect(only(here.linked).link).toBe(one.link);
        expect(only(there.linked).link).toBe(two.link);
        await expectTalk(one, two, 1);
        await expectTalk(two, one, 2);
        expect(rtc.open).toHaveLength(2);
        expect([...here.violations, ...there.violations]).toEqual([]);
        await here.connector[Symbol.asyncDispose]();
        await there.connector[Symbol.asyncDispose]();
        expect(rtc.open).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('also when one calls before the other can be reached', async () => {
    const signals = new SignalSwitch();
    const rtc = new FakeRtc();
    const [polite, impolite] = sitTwo(signals);
    const there = open(impolite, rtc);
    await there.connector.registered;
    // The call of the impolite one finds nobody; meanwhile the other registers and calls, too.
    const send = there.seat.session.signals.send;
    const refused = Promise.withResolvers<void>();
    vi.spyOn(there.seat.session.signals, 'send').mockImplementation(async (to, envelope, options) => {
      if (to !== polite.signer.did || here) return send(to, envelope, options);
      await refused.promise;
      throw new BonafideError('NOT_FOUND', 'No such peer.');
    });
    let here: Side | undefined;
    const back = there.connector.connect(polite.signer.did);
    await until(() => expect(rtc.open).toHaveLength(1));
    await turns(5);
    here = open(polite, rtc);
    const called = here.connector.connect(there.did);
    await until(() => expect(signals.carried).toHaveLength(1));
    // What comes after the call tells that it was heard.
    signals.deliver({ from: polite.identity, to: there.did, envelope: 'nothing' });
    await until(() => expect(there.violations).toHaveLength(1));
    refused.resolve();
    const [one, two] = await Promise.all([called, back]);
    expect(one.link.linkId).toBe(two.link.linkId);
  });
});

describe('a lost path', () => {
  it('is replaced for the same link, and nothing is lost or doubled', async () => {
    const { rtc, here, there } = await openTwo();
    const linked = await here.connector.connect(there.did);
    await until(() => expect(there.linked[0]?.link.state).toBe('connected'));
    const other = only(there.linked);
    const heard: number[] = [];
    other.link.onMessage((message) => void (message.type === 'PING' && heard.push(message.sequence)));
    for (let sequence = 0; sequence < 60; sequence++) {
      linked.link.send({ type: 'PING', id: `p${sequence}`, sequence });
      if (sequence % 20 === 10) {
        await turns(1);
        rtc.cut();
        await until(() => expect(linked.link.state).toBe('connected'));
      }
    }
    await until(() => expect(heard).toHaveLength(60));
    expect(heard).toEqual(Array.from({ length: 60 }, (_, index) => index));
    expect(only(here.linked).link).toBe(linked.link);
    expect(only(there.linked).link).toBe(other.link);
    await until(() => expect(rtc.open).toHaveLength(2));
  });

  it('is found again by a side that alone knows of the loss', async () => {
    const { rtc, here, there } = await openTwo();
    const linked = await here.connector.connect(there.did);
    await until(() => expect(there.linked[0]?.link.state).toBe('connected'));
    const [own] = rtc.open;
    vi.spyOn((rtc.open[1] as FakeConnection).path, 'break').mockImplementation(() => undefined);
    own?.path.break();
    await until(() => expect(linked.link.state).toBe('connected'));
    await expectTalk(linked, only(there.linked), 1);
    await expectTalk(only(there.linked), linked, 2);
  });

  it('is waited for while the gateway is lost, too, and looked for at once when it is back', async () => {
    const { rtc, here, there } = await openTwo();
    const linked = await here.connector.connect(there.did);
    here.seat.disconnect();
    rtc.cut();
    await until(() => expect(linked.link.state).toBe('suspended'));
    await turns(50);
    expect(linked.link.state).toBe('suspended');
    here.seat.reconnect();
    await until(() => expect(linked.link.state).toBe('connected'));
    await expectTalk(linked, only(there.linked), 1);
  });

  it('ends the link after its time', async () => {
    const { rtc, here, there } = await openTwo({ resumeTimeoutMs: 60 });
    const linked = await here.connector.connect(there.did);
    rtc.isReachable = false;
    rtc.cut();
    await until(() => expect(linked.link.state).toBe('closed'));
    expect(linked.link.signal.reason).toMatchObject({ code: 'TIMEOUT' });
    await until(() => expect(rtc.open).toEqual([]));
    rtc.isReachable = true;
    expect((await here.connector.connect(there.did)).link).not.toBe(linked.link);
  });

  it('of a peer that began anew ends the old link, and a new one works', async () => {
    const { signals, rtc, here, there } = await openTwo();
    const old = await here.connector.connect(there.did);
    await until(() => expect(there.linked[0]?.link.state).toBe('connected'));
    there.seat.vanish();
    for (const { link } of there.linked) link.close();
    const reborn = open(signals.sit({ signer: there.seat.signer }), rtc);
    await reborn.connector.registered;
    rtc.cut();
    await until(() => expect(old.link.state).toBe('closed'));
    expect(['CONFLICT', 'UNAVAILABLE']).toContain((old.link.signal.reason as BonafideError).code);
    const fresh = await here.connector.connect(there.did);
    await expectTalk(fresh, only(reborn.linked), 1);
  });

  it('does not keep a peer that began anew from calling', async () => {
    const { signals, rtc, here, there } = await openTwo();
    const old = await here.connector.connect(there.did);
    there.seat.vanish();
    const reborn = open(signals.sit({ signer: there.seat.signer }), rtc);
    await reborn.connector.registered;
    const fresh = await reborn.connector.connect(here.did);
    expect(old.link.state).toBe('closed');
    expect(old.link.signal.reason).toMatchObject({ code: 'CONFLICT' });
    expect(here.linked).toHaveLength(2);
    await expectTalk(fresh, here.linked[1] as LinkedPeer, 1);
  });
});

describe('ICE restart', () => {
  it('keeps the connection where both can', async () => {
    const { rtc, here, there } = await openTwo({ canRestartIce: true });
    const linked = await here.connector.connect(there.did);
    await until(() => expect(there.linked[0]?.link.state).toBe('connected'));
    rtc.open[0]?.become('disconnected');
    await until(() => expect(rtc.open[0]?.connectionState).toBe('connected'));
    expect(rtc.connections).toHaveLength(2);
    expect(rtc.open.map(({ restarts }) => restarts)).toEqual([1, 0]);
    expect(linked.link.state).toBe('connected');
    await expectTalk(linked, only(there.linked), 1);
  });

  it('is completed where the old way works again before the answer came', async () => {
    const { rtc, here, there } = await openTwo({ canRestartIce: true });
    const linked = await here.connector.connect(there.did);
    await until(() => expect(there.linked[0]?.link.state).toBe('connected'));
    rtc.open[0]?.become('disconnected');
    rtc.open[0]?.become('connected');
    await until(() => expect(rtc.open.map(({ descriptions }) => descriptions)).toEqual([2, 2]));
    rtc.open[0]?.become('disconnected');
    await until(() => expect(rtc.open.map(({ descriptions }) => descriptions)).toEqual([3, 3]));
    await expectTalk(linked, only(there.linked), 1);
  });

  it('tells new addresses after the credentials they belong to', async () => {
    const { rtc, here, there } = await openTwo({ canRestartIce: true });
    await here.connector.connect(there.did);
    await until(() => expect(there.linked[0]?.link.state).toBe('connected'));
    const heard = rtc.open[1]?.candidates ?? 0;
    rtc.open[0]?.become('disconnected');
    await until(() => expect(rtc.open[1]?.candidates).toBeGreaterThan(heard));
    expect(rtc.open.map(({ refusedCandidates }) => refusedCandidates)).toEqual([0, 0]);
  });

  it('gives way to a new connection where the peer cannot', async () => {
    const signals = new SignalSwitch();
    const rtc = new FakeRtc();
    const [first, second] = sitTwo(signals);
    const here = open(first, rtc, { canRestartIce: true });
    const there = open(second, rtc);
    await there.connector.registered;
    const linked = await here.connector.connect(there.did);
    await until(() => expect(there.linked[0]?.link.state).toBe('connected'));
    rtc.open[0]?.become('disconnected');
    await until(() => expect(linked.link.state).toBe('suspended'));
    await until(() => expect(linked.link.state).toBe('connected'));
    expect(rtc.connections.length).toBeGreaterThan(2);
    await expectTalk(linked, only(there.linked), 1);
  });
});

describe('relayed', () => {
  it.each([true, false])(
    'is the way where there is no direct one and both allow it (at once: %s)',
    async (failsFast) => {
      const signals = new SignalSwitch();
      const rtc = new FakeRtc();
      rtc.isReachable = false;
      rtc.failsFast = failsFast;
      const [here, there] = sitTwo(signals).map((seat) =>
        open(seat, rtc, { allowsRelay: true, connectTimeoutMs: failsFast ? 20_000 : 3_000 }),
      ) as [Side, Side];
      await there.connector.registered;
      const linked = await here.connector.connect(there.did);
      expect(linked.link.path).toBe('relayed');
      await until(() => expect(there.linked[0]?.link.path).toBe('relayed'));
      const other = only(there.linked);
      await expectTalk(linked, other, 1);
      await expectTalk(other, linked, 2);
      expect(signals.relayed.length).toBeGreaterThan(0);
      const seen = signals.relayed.map((packet) => new TextDecoder('latin1').decode(packet)).join();
      expect(seen).not.toContain('ping-1');
      expect(rtc.open).toEqual([]);
    },
  );

  it.each([
    [true, false],
    [false, true],
  ])('is not used where one side does not allow it (%s, %s)', async (first, second) => {
    const signals = new SignalSwitch();
    const rtc = new FakeRtc();
    rtc.isReachable = false;
    const [a, b] = sitTwo(signals);
    const here = open(a, rtc, { allowsRelay: first, connectTimeoutMs: 200 });
    const there = open(b, rtc, { allowsRelay: second, connectTimeoutMs: 200 });
    await there.connector.registered;
    expect(await codeOf(here.connector.connect(there.did))).toBe('TIMEOUT');
    expect(signals.relayed).toEqual([]);
    expect([...here.linked, ...there.linked]).toEqual([]);
  });

  it('gives way to a direct path once there is one; nothing is lost', async () => {
    const signals = new SignalSwitch();
    const rtc = new FakeRtc();
    rtc.isReachable = false;
    rtc.failsFast = true;
    const [here, there] = sitTwo(signals).map((seat) => open(seat, rtc, { allowsRelay: true })) as [
      Side,
      Side,
    ];
    await there.connector.registered;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const linked = await here.connector.connect(there.did);
      await until(() => expect(there.linked[0]?.link.path).toBe('relayed'));
      rtc.isReachable = true;
      const before = rtc.connections.length;
      // No further than to the attempt: its own time must not pass as fast.
      while (rtc.connections.length === before) {
        await vi.advanceTimersByTimeAsync(1_000);
        await turns(1);
      }
      await until(() => expect(linked.link.path).toBe('direct'));
      await until(() => expect(there.linked[0]?.link.path).toBe('direct'));
      await expectTalk(linked, only(there.linked), 1);
      await expectTalk(only(there.linked), linked, 2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('takes over from a direct path that is lost for good', async () => {
    const signals = new SignalSwitch();
    const rtc = new FakeRtc();
    const [here, there] = sitTwo(signals).map((seat) => open(seat, rtc, { allowsRelay: true })) as [
      Side,
      Side,
    ];
    await there.connector.registered;
    const linked = await here.connector.connect(there.did);
    await until(() => expect(there.linked[0]?.link.state).toBe('connected'));
    expect(linked.link.path).toBe('direct');
    // Nothing is relayed as long as there is a direct way.
    expect(signals.relayed).toEqual([]);
    rtc.isReachable = false;
    rtc.failsFast = true;
    rtc.cut();
    await until(() => expect(linked.link.path).toBe('relayed'));
    await expectTalk(linked, only(there.linked), 1);
    await expectTalk(only(there.linked), linked, 2);
  });
});
