import type { PeerSignal } from '@bonafide/core/models';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadRtcProvider } from '#rtc';
import { openPeerWorld } from '../../test/peer-world.ts';
import type { PeersSettings } from '../network/options.ts';
import type { RtcProvider } from '../rtc/rtc-provider.ts';
import { sitTwo } from '../testing/connected.ts';
import { codeOf, expectTalk, only, until } from '../testing/connector-sides.ts';
import { type Carried, type Seat, SignalSwitch } from '../testing/signal-switch.ts';
import type { Connector, LinkedPeer, Violation } from './connector.ts';
import { createConnector } from './create-connector.ts';

/** WebRTC of this platform, and the connections that it made. */
interface Watched extends RtcProvider {
  readonly made: RTCPeerConnection[];
}

let real: RtcProvider;
const open: Connector[] = [];
beforeAll(async () => {
  real = await loadRtcProvider();
});
afterEach(async () => {
  for (const connector of open.splice(0)) await connector[Symbol.asyncDispose]();
});

function watch(change: (connection: RTCPeerConnection) => void = () => undefined): Watched {
  const made: RTCPeerConnection[] = [];
  return {
    ...real,
    made,
    createConnection: (settings, offer) => {
      const connection = real.createConnection(settings, offer);
      change(connection);
      made.push(connection);
      return connection;
    },
  };
}

/** Candidates lead nowhere, as between two networks that let nothing in. */
const closedNetwork = (): Watched =>
  watch((connection) => {
    connection.addIceCandidate = async () => undefined;
  });

function start(seat: Seat, rtc: Watched, settings: Partial<PeersSettings> = {}) {
  const connector = createConnector({
    session: seat.session,
    signer: seat.signer,
    settings: {
      iceServers: [],
      accept: 'workspace',
      allowsRelay: false,
      connectTimeoutMs: 30_000,
      resumeTimeoutMs: 60_000,
      bindAddress: '127.0.0.1',
      ...settings,
      rtc,
    },
  });
  open.push(connector);
  const linked: LinkedPeer[] = [];
  const violations: Violation[] = [];
  connector.onLinked((peer) => void linked.push(peer));
  connector.onViolation((violation) => void violations.push(violation));
  return { connector, did: seat.signer.did, seat, linked, violations, rtc };
}

async function startTwo(settings: Partial<PeersSettings> = {}, rtc = watch) {
  const signals = new SignalSwitch();
  const [first, second] = sitTwo(signals);
  const here = start(first, rtc(), settings);
  const there = start(second, rtc(), settings);
  await Promise.all([here.connector.registered, there.connector.registered]);
  return { signals, here, there };
}

const isClosed = ({ connectionState }: RTCPeerConnection): boolean => connectionState === 'closed';

describe('over real WebRTC', () => {
  it('both call at once, again and again: one link each time, and nothing is left of it', async () => {
    for (let round = 0; round < 5; round++) {
      const { here, there } = await startTwo();
      const [one, two] = await Promise.all([
        here.connector.connect(there.did),
        there.connector.connect(here.did),
      ]);
      expect(one.link.linkId).toBe(two.link.linkId);
      await expectTalk(one, two, 1);
      await expectTalk(two, one, 2);
      await here.connector[Symbol.asyncDispose]();
      await there.connector[Symbol.asyncDispose]();
      const made = [...here.rtc.made, ...there.rtc.made];
      await until(() => expect(made.every(isClosed)).toBe(true));
    }
  });

  it('a connection that breaks is replaced under the same link', async () => {
    const { here, there } = await startTwo();
    const linked = await here.connector.connect(there.did);
    await until(() => expect(there.linked[0]?.link.state).toBe('connected'));
    const other = only(there.linked);
    for (const [index, side] of [here, there, here].entries()) {
      side.rtc.made.at(-1)?.close();
      await until(() => expect(linked.link.state).toBe('suspended'));
      await until(() => expect(linked.link.state).toBe('connected'));
      await expectTalk(linked, other, index);
      await expectTalk(other, linked, index + 10);
    }
    expect([...here.linked, ...there.linked]).toHaveLength(2);
    expect([...here.violations, ...there.violations]).toEqual([]);
  });

  it.each(['OFFER', 'ANSWER'])(
    'a gateway puts its own fingerprint into the %s, and gets no channel',
    async (type) => {
      const { signals, here, there } = await startTwo({ connectTimeoutMs: 3_000 });
      signals.interfere = (signal) => [swapFingerprint(signal, type)];
      const code = await codeOf(here.connector.connect(there.did));
      expect(code).toBe(type === 'OFFER' ? 'TIMEOUT' : 'SIGNATURE_INVALID');
      const deceived = type === 'OFFER' ? there : here;
      expect(deceived.violations[0]?.reason).toBe('forged');
      expect([...here.linked, ...there.linked]).toEqual([]);
    },
  );

  it('sealed packets go through the gateway where there is no direct way', async () => {
    const { signals, here, there } = await startTwo(
      { allowsRelay: true, connectTimeoutMs: 6_000 },
      closedNetwork,
    );
    const linked = await here.connector.connect(there.did);
    expect(linked.link.path).toBe('relayed');
    await until(() => expect(there.linked[0]?.link.path).toBe('relayed'));
    await expectTalk(linked, only(there.linked), 1);
    await expectTalk(only(there.linked), linked, 2);
    const seen = Buffer.concat(signals.relayed).toString('latin1');
    expect(seen).not.toContain('ping-1');
  });
});

describe('through a real gateway', () => {
  it('agents go on over the relay, and their link outlives the gateway', async () => {
    await using world = await openPeerWorld();
    const provide = (rtc: RtcProvider) => ({ rtc, connectTimeoutMs: 10_000 });
    const here = await world.open('here', provide(closedNetwork()));
    const there = await world.open('there', provide(closedNetwork()));
    const peer = await here.peers.connect(there.agent.did);
    expect(peer.path).toBe('relayed');
    await peer.ping();
    await world.restart();
    await until(() => expect(peer.state).toBe('connected'));
    await peer.ping();
    expect(here.peers.list()).toEqual([peer]);
  });
});

function swapFingerprint(signal: Carried, type: string): Carried {
  const envelope = JSON.parse(signal.envelope) as { payload: PeerSignal };
  if (envelope.payload.message.type !== type) return signal;
  const own = `sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`;
  return { ...signal, envelope: signal.envelope.replace(/sha-256 [0-9A-F:]+/i, own) };
}
