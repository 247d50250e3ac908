import { afterEach, describe, expect, it } from 'vitest';
import { closeSides, codeOf, expectTalk, only, open, openTwo, until } from '../testing/connector-sides.ts';
import { FakeRtc } from '../testing/fake-rtc.ts';
import { SignalSwitch } from '../testing/signal-switch.ts';

afterEach(closeSides);

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
    const [one, two] = await Promise.all([
      here.connector.connect(there.did),
      here.connector.connect(there.did),
    ]);
    expect(one.link).toBe(two.link);
    await until(() => expect(there.linked[0]?.link.state).toBe('connected'));
    const back = await there.connector.connect(here.did);
    expect(back.link).toBe(only(there.linked).link);
    expect(only(here.linked).link).toBe(one.link);
  });

  it('reaches nobody who is not registered, at once', async () => {
    const { signals, here, there } = await openTwo();
    expect(await codeOf(here.connector.connect(signals.sit().signer.did))).toBe('NOT_FOUND');
    await there.connector[Symbol.asyncDispose]();
    expect(await codeOf(here.connector.connect(there.did))).toBe('NOT_FOUND');
    expect(await codeOf(here.connector.connect(here.did))).toBe('VALIDATION_FAILED');
  });

  it('is given up by its signal, also for the other side', async () => {
    const { rtc, here, there } = await openTwo();
    rtc.isReachable = false;
    const aborting = new AbortController();
    const connecting = here.connector.connect(there.did, { signal: aborting.signal });
    await until(() => expect(rtc.open).toHaveLength(2));
    aborting.abort();
    expect(await codeOf(connecting)).toBe('UNAVAILABLE');
    await until(() => expect(rtc.open).toEqual([]));
    rtc.isReachable = true;
    await here.connector.connect(there.did);
  });

  it('takes no longer than its caller waits', async () => {
    const { rtc, here, there } = await openTwo();
    rtc.isReachable = false;
    expect(await codeOf(here.connector.connect(there.did, { signal: AbortSignal.timeout(20) }))).toBe(
      'TIMEOUT',
    );
    await until(() => expect(rtc.open).toEqual([]));
  });

  it('ends after its time, and leaves nothing', async () => {
    const { rtc, here, there } = await openTwo({ connectTimeoutMs: 50 });
    rtc.isReachable = false;
    expect(await codeOf(here.connector.connect(there.did))).toBe('TIMEOUT');
    await until(() => expect(rtc.open).toEqual([]));
    expect([...here.linked, ...there.linked]).toEqual([]);
  });
});

describe('accept', () => {
  it('is asked before anything is answered: a stranger learns nothing', async () => {
    const signals = new SignalSwitch();
    const rtc = new FakeRtc();
    const home = open(signals.sit(), rtc);
    const stranger = open(signals.sit({ workspace: 'elsewhere' }), rtc);
    await Promise.all([home.connector.registered, stranger.connector.registered]);
    expect(await codeOf(stranger.connector.connect(home.did))).toBe('FORBIDDEN');
    const said = signals.carried.filter(({ from }) => from?.did === home.did);
    expect(only(said).envelope).toContain('"type":"ERROR"');
    expect(rtc.connections).toHaveLength(1);
    expect(rtc.open).toEqual([]);
    // Whoever calls lets the other in.
    await home.connector.connect(stranger.did).catch(() => undefined);
    expect(await codeOf(home.connector.connect(stranger.did))).toBe('FORBIDDEN');
  });

  it('may be a function, and one that throws lets nobody in', async () => {
    const asked: string[] = [];
    const accept = async ({ did }: { readonly did: string }): Promise<boolean> => {
      asked.push(did);
      if (asked.length === 1) throw new Error('no idea');
      return asked.length > 2;
    };
    const { here, there } = await openTwo({ accept });
    expect(await codeOf(here.connector.connect(there.did))).toBe('FORBIDDEN');
    expect(there.errors).toMatchObject([{ message: 'no idea' }]);
    expect(await codeOf(here.connector.connect(there.did))).toBe('FORBIDDEN');
    await here.connector.connect(there.did);
    expect(asked).toEqual([here.did, here.did, here.did]);
  });

  it('is not asked again for the link that was accepted', async () => {
    let asked = 0;
    const { rtc, here, there } = await openTwo({
      accept: () => {
        asked += 1;
        return true;
      },
    });
    const linked = await here.connector.connect(there.did);
    rtc.cut();
    await until(() => expect(linked.link.state).toBe('suspended'));
    await until(() => expect(linked.link.state).toBe('connected'));
    expect(asked).toBe(1);
  });
});

describe('the end', () => {
  it('leaves no connection, listener or registration, and tells the peers', async () => {
    const { signals, rtc, here, there } = await openTwo();
    await here.connector.connect(there.did);
    await until(() => expect(there.linked[0]?.link.state).toBe('connected'));
    await here.connector[Symbol.asyncDispose]();
    expect(rtc.open).toEqual([]);
    expect(here.seat.listeners).toBe(0);
    expect(here.seat.told).toEqual(['REGISTER', 'UNREGISTER']);
    expect(signals.seatOf(here.did)).toBeUndefined();
    expect(here.linked[0]?.link.state).toBe('closed');
    await until(() => expect(there.linked[0]?.link.state).toBe('closed'));
    expect(await codeOf(here.connector.connect(there.did))).toBe('UNAVAILABLE');
  });

  it('comes with CONFLICT when another session registers the same agent', async () => {
    const { signals, rtc, here, there } = await openTwo();
    const linked = await here.connector.connect(there.did);
    const newer = open(signals.sit({ signer: here.seat.signer }), rtc);
    await until(() => expect(here.connector.signal.aborted).toBe(true));
    expect(here.connector.signal.reason).toMatchObject({ code: 'CONFLICT' });
    expect(linked.link.signal.reason).toMatchObject({ code: 'CONFLICT' });
    expect(await codeOf(here.connector.connect(there.did))).toBe('CONFLICT');
    // It does not take the registration of its successor back.
    await here.connector[Symbol.asyncDispose]();
    expect(here.seat.told).toEqual(['REGISTER']);
    await newer.connector.connect(there.did);
  });

  it('comes with that of the session', async () => {
    const { rtc, here, there } = await openTwo();
    const linked = await here.connector.connect(there.did);
    here.seat.finish();
    await until(() => expect(linked.link.state).toBe('closed'));
    expect(here.connector.signal.reason).toMatchObject({ code: 'UNAVAILABLE' });
    await here.connector[Symbol.asyncDispose]();
    await there.connector[Symbol.asyncDispose]();
    expect(rtc.open).toEqual([]);
  });

  it('is registered again after each reconnect', async () => {
    const { here, there } = await openTwo();
    here.seat.disconnect();
    expect(await codeOf(there.connector.connect(here.did))).toBe('NOT_FOUND');
    here.seat.reconnect();
    await here.connector.registered;
    await there.connector.connect(here.did);
    expect(here.seat.told).toEqual(['REGISTER', 'REGISTER']);
  });
});
