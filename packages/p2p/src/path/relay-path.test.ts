import { BonafideError } from '@bonafide/core/errors';
import { MAX_RELAYED_BYTES } from '@bonafide/core/models';
import type { SignalPort } from '@bonafide/core/session';
import { expect, test, vi } from 'vitest';
import type { Violation } from '../connection/connector.ts';
import { HIGH_WATER_BYTES, LOW_WATER_BYTES, MAX_PACKET_BYTES, type Path } from './path.ts';
import { agreeRelayKeys, createRelayKey, type RelayKeys } from './relay-keys.ts';
import { createRelayHub, type RelayHub } from './relay-path.ts';
import { SEAL_OVERHEAD_BYTES } from './relay-seal.ts';

const CALLER = 'did:key:caller';
const CALLEE = 'did:key:callee';

/** The far side of the network: carries packets between two sessions, and does with them what a test wants. */
class Relay {
  readonly sent: { readonly from: string; readonly to: string; readonly sealed: Uint8Array }[] = [];
  isConnected = true;
  bufferedBytes = 0;
  /** What arrives for one that was sent. */
  meddle: (sealed: Uint8Array) => readonly Uint8Array[] = (sealed) => [sealed];
  readonly #relayed = new Map<string, (from: string, sealed: Uint8Array) => void>();
  readonly #failed = new Map<string, (to: string, error: BonafideError) => void>();

  port(did: string): SignalPort {
    const relay = this;
    const listen = <Handler>(handlers: Map<string, Handler>) => {
      return (handler: Handler) => {
        handlers.set(did, handler);
        return () => void handlers.delete(did);
      };
    };
    return {
      get bufferedBytes() {
        return relay.bufferedBytes;
      },
      send: () => Promise.reject(new BonafideError('UNSUPPORTED', 'No signals here.')),
      relay: (to, sealed) => this.#relay(did, to, sealed),
      onSignal: () => () => {},
      onRelayed: listen(this.#relayed),
      onRelayFailure: listen(this.#failed),
    };
  }

  deliver(to: string, from: string, sealed: Uint8Array): void {
    this.#relayed.get(to)?.(from, sealed);
  }

  refuse(sender: string, to: string, error: BonafideError): void {
    this.#failed.get(sender)?.(to, error);
  }

  isHeard(did: string): boolean {
    return this.#relayed.has(did) || this.#failed.has(did);
  }

  #relay(from: string, to: string, sealed: Uint8Array): boolean {
    if (!this.isConnected) return false;
    this.sent.push({ from, to, sealed });
    for (const arriving of this.meddle(sealed)) this.deliver(to, from, arriving);
    return true;
  }
}

function agree(connectionId = 'connection'): { forCaller: RelayKeys; forCallee: RelayKeys } {
  const [caller, callee] = [createRelayKey(), createRelayKey()];
  return {
    forCaller: agreeRelayKeys({ own: caller, theirs: callee.publicKey, connectionId, isCaller: true }),
    forCallee: agreeRelayKeys({ own: callee, theirs: caller.publicKey, connectionId, isCaller: false }),
  };
}

interface Heard {
  readonly path: Path;
  readonly packets: Uint8Array[];
  readonly datagrams: Uint8Array[];
  readonly drains: number[];
  readonly ends: (BonafideError | undefined)[];
}

function hear(path: Path): Heard {
  const heard: Heard = { path, packets: [], datagrams: [], drains: [], ends: [] };
  path.listen({
    onPacket: (packet) => void heard.packets.push(packet),
    onDatagram: (datagram) => void heard.datagrams.push(datagram),
    onDrain: () => void heard.drains.push(path.bufferedBytes),
    onClose: (error) => void heard.ends.push(error),
  });
  return heard;
}

interface World {
  readonly relay: Relay;
  readonly hubs: { readonly caller: RelayHub; readonly callee: RelayHub };
  readonly violations: Violation[];
  connect(connectionId?: string): { here: Heard; there: Heard };
}

function createWorld(): World {
  const relay = new Relay();
  const violations: Violation[] = [];
  const onViolation = (violation: Violation): void => void violations.push(violation);
  const caller = createRelayHub(relay.port(CALLER), { onViolation });
  const callee = createRelayHub(relay.port(CALLEE), { onViolation });
  const connect = (connectionId?: string) => {
    const { forCaller, forCallee } = agree(connectionId);
    const there = hear(callee.open({ did: CALLER, keys: forCallee }));
    return { here: hear(caller.open({ did: CALLEE, keys: forCaller })), there };
  };
  return { relay, hubs: { caller, callee }, violations, connect };
}

function packetOf(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + seed) % 256);
}

function lastOf(relay: Relay): Uint8Array {
  const last = relay.sent.at(-1);
  if (!last) throw new Error('Nothing was sent.');
  return last.sealed;
}

// Events of a path come after the call that caused them.
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('packets of every size arrive in order both ways, datagrams apart, and each path has its own', async () => {
  const { connect, relay, violations } = createWorld();
  const [first, second] = [connect('first'), connect('second')];
  await settled();
  const packets = [0, 1, 100, MAX_PACKET_BYTES].map((length) => packetOf(length));
  for (const packet of packets) {
    first.here.path.send(packet);
    first.there.path.send(packet);
  }
  first.here.path.sendDatagram(packetOf(7));
  second.there.path.send(packetOf(9));
  expect(first.there.packets).toEqual(packets);
  expect(first.here.packets).toEqual(packets);
  expect(first.there.datagrams).toEqual([packetOf(7)]);
  expect(second.here.packets).toEqual([packetOf(9)]);
  expect(second.there.packets).toEqual([]);
  expect(violations).toEqual([]);
  expect(MAX_PACKET_BYTES + SEAL_OVERHEAD_BYTES).toBeLessThanOrEqual(MAX_RELAYED_BYTES);
  for (const { sealed } of relay.sent) expect(sealed.length).toBeLessThanOrEqual(MAX_RELAYED_BYTES);
});

test('nothing of a packet, nor whether it is a datagram, is seen by who relays it', () => {
  const { connect, relay } = createWorld();
  const { here } = connect();
  const secret = new TextEncoder().encode('a secret that is long enough to be found');
  here.path.send(secret);
  const packet = lastOf(relay);
  here.path.sendDatagram(secret);
  const datagram = lastOf(relay);
  for (const sealed of [packet, datagram]) {
    expect(Buffer.from(sealed).includes(Buffer.from(secret))).toBe(false);
    expect(sealed).toHaveLength(secret.length + SEAL_OVERHEAD_BYTES);
  }
  expect(packet.subarray(0, 8)).toEqual(datagram.subarray(0, 8));
});

test('every byte of a packet is protected: one that was changed is dropped and reported', async () => {
  const { connect, relay, violations } = createWorld();
  const { here, there } = connect();
  await settled();
  relay.meddle = () => [];
  here.path.send(packetOf(3));
  const sealed = lastOf(relay);
  for (let index = 8; index < sealed.length; index++) {
    const changed = sealed.slice();
    changed[index] = (changed[index] ?? 0) ^ 1;
    relay.deliver(CALLEE, CALLER, changed);
  }
  expect(there.packets).toEqual([]);
  expect(violations).toHaveLength(sealed.length - 8);
  expect(new Set(violations.map(({ did }) => did))).toEqual(new Set([CALLER]));
  expect(violations.at(-1)).toMatchObject({ reason: 'forged', error: { code: 'SIGNATURE_INVALID' } });
  relay.deliver(CALLEE, CALLER, sealed);
  expect(there.packets).toEqual([packetOf(3)]);
  expect(there.path.isOpen).toBe(true);
});

test('a packet that comes again is dropped and reported', async () => {
  const { connect, relay, violations } = createWorld();
  const { here, there } = connect();
  await settled();
  relay.meddle = (sealed) => [sealed, sealed];
  here.path.send(packetOf(3));
  here.path.sendDatagram(packetOf(4));
  expect([there.packets, there.datagrams]).toEqual([[packetOf(3)], [packetOf(4)]]);
  expect(violations.map(({ reason, error }) => [reason, error.code])).toEqual([
    ['replayed', 'REPLAYED'],
    ['replayed', 'REPLAYED'],
  ]);
});

test('packets in another order never arrive so: the path ends, and the older one is dropped', async () => {
  const { connect, relay } = createWorld();
  const { here, there } = connect();
  await settled();
  const kept: Uint8Array[] = [];
  relay.meddle = (sealed) => {
    kept.push(sealed);
    return [];
  };
  here.path.send(packetOf(1, 1));
  here.path.send(packetOf(1, 2));
  relay.meddle = (sealed) => [sealed];
  for (const sealed of kept.reverse()) relay.deliver(CALLEE, CALLER, sealed);
  await settled();
  expect(there.packets).toEqual([]);
  expect(there.ends).toEqual([expect.objectContaining({ code: 'CONNECTION_FAILED' })]);
  expect(here.ends).toEqual([expect.objectContaining({ code: 'UNAVAILABLE' })]);
});

test('a packet that was lost ends the path instead of going unnoticed', async () => {
  const { connect, relay, violations } = createWorld();
  const { here, there } = connect();
  await settled();
  relay.meddle = () => [];
  here.path.send(packetOf(1));
  relay.meddle = (sealed) => [sealed];
  here.path.send(packetOf(2));
  await settled();
  expect(there.packets).toEqual([]);
  expect(there.ends).toEqual([expect.objectContaining({ code: 'CONNECTION_FAILED' })]);
  expect(violations).toEqual([]);
});

test('own packets sent back, and those of another connection, are forged', async () => {
  const { connect, relay, violations } = createWorld();
  const { here } = connect('first');
  const other = connect('second');
  await settled();
  here.path.send(packetOf(3));
  const own = lastOf(relay);
  relay.deliver(CALLER, CALLEE, own);
  const underOtherTag = own.slice();
  other.here.path.send(packetOf(3));
  underOtherTag.set(lastOf(relay).subarray(0, 8));
  underOtherTag[15] = 99;
  relay.deliver(CALLEE, CALLER, underOtherTag);
  expect(violations.map(({ reason, did }) => [reason, did])).toEqual([
    ['forged', CALLEE],
    ['forged', CALLER],
  ]);
  expect([here.packets, other.there.packets.length]).toEqual([[], 1]);
});

test('keys that do not match let nothing through', async () => {
  const { relay, hubs, violations } = createWorld();
  const { forCallee } = agree();
  const wrong = { ...agree().forCaller, tag: forCallee.tag };
  const there = hear(hubs.callee.open({ did: CALLER, keys: forCallee }));
  await settled();
  const here = hear(hubs.caller.open({ did: CALLEE, keys: wrong }));
  here.path.send(packetOf(3));
  expect(there.packets).toEqual([]);
  expect(violations.map(({ reason }) => reason)).toEqual(['forged', 'forged']);
  expect(relay.sent).toHaveLength(2);
});

test('a stranger cannot speak on the path of another, and noise is reported as such', async () => {
  const { connect, relay, violations } = createWorld();
  const { here, there } = connect();
  await settled();
  relay.meddle = () => [];
  here.path.send(packetOf(3));
  relay.deliver(CALLEE, 'did:key:stranger', lastOf(relay));
  relay.deliver(CALLEE, CALLER, packetOf(100, 5));
  expect(violations).toEqual([]);
  relay.deliver(CALLEE, 'did:key:stranger', packetOf(SEAL_OVERHEAD_BYTES - 1));
  expect(violations).toMatchObject([{ reason: 'malformed', did: 'did:key:stranger' }]);
  expect(there.packets).toEqual([]);
});

test('the callee holds what it sends until the caller is there', async () => {
  const { hubs } = createWorld();
  const { forCaller, forCallee } = agree();
  const there = hear(hubs.callee.open({ did: CALLER, keys: forCallee }));
  await settled();
  there.path.send(packetOf(10, 1));
  there.path.send(packetOf(10, 2));
  there.path.sendDatagram(packetOf(10, 3));
  expect(there.path.bufferedBytes).toBe(20);
  const here = hear(hubs.caller.open({ did: CALLEE, keys: forCaller }));
  await settled();
  expect(here.packets).toEqual([packetOf(10, 1), packetOf(10, 2)]);
  expect(here.datagrams).toEqual([]);
  expect(there.drains).toEqual([0]);
});

test('what comes before anybody listens is kept, and stays before what comes later', async () => {
  const { hubs } = createWorld();
  const { forCaller, forCallee } = agree();
  const path = hubs.callee.open({ did: CALLER, keys: forCallee });
  const here = hubs.caller.open({ did: CALLEE, keys: forCaller });
  here.send(packetOf(1));
  here.sendDatagram(packetOf(2));
  const there = hear(path);
  here.send(packetOf(3));
  here.close();
  expect(there.packets).toEqual([]);
  await settled();
  expect([there.packets, there.datagrams]).toEqual([[packetOf(1), packetOf(3)], [packetOf(2)]]);
  expect(there.ends).toMatchObject([{ code: 'UNAVAILABLE', details: { reason: 'closed-by-peer' } }]);
});

test('a peer that sends more than is kept before anybody listens loses the path', async () => {
  const { hubs } = createWorld();
  const { forCaller, forCallee } = agree();
  const path = hubs.callee.open({ did: CALLER, keys: forCallee });
  const here = hubs.caller.open({ did: CALLEE, keys: forCaller });
  for (let sent = 0; here.isOpen && sent < 200; sent++) here.send(packetOf(MAX_PACKET_BYTES));
  expect(path.isOpen).toBe(false);
  const there = hear(path);
  await settled();
  expect(there.ends).toMatchObject([{ code: 'LIMIT_EXCEEDED' }]);
  expect(there.packets).toHaveLength((4 * HIGH_WATER_BYTES) / MAX_PACKET_BYTES);
});

test('closing one end closes the other, each hears it once, and nothing more is sent', async () => {
  const { connect, relay } = createWorld();
  const { here, there } = connect();
  here.path.close();
  here.path.close();
  there.path.close();
  expect(here.ends).toEqual([]);
  await settled();
  expect(here.ends).toEqual([undefined]);
  expect(there.ends).toMatchObject([{ code: 'UNAVAILABLE' }]);
  expect([here.path.isOpen, there.path.isOpen]).toEqual([false, false]);
  const closed = expect.objectContaining({ code: 'UNAVAILABLE' });
  expect(() => here.path.send(packetOf(1))).toThrow(closed);
  expect(() => there.path.sendDatagram(packetOf(1))).toThrow(closed);
  expect(relay.sent).toHaveLength(2);
});

test('a refused relay ends the paths to that peer with its reason', async () => {
  const { connect, relay } = createWorld();
  const { here } = connect();
  const error = new BonafideError('NOT_FOUND', 'Nobody is there.');
  relay.refuse(CALLER, 'did:key:other', error);
  await settled();
  expect(here.ends).toEqual([]);
  relay.refuse(CALLER, CALLEE, error);
  await settled();
  expect(here.ends).toEqual([error]);
});

test('without a connection to the gateway the path ends, also one that just begins', async () => {
  const { connect, relay, hubs } = createWorld();
  const { here } = connect();
  await settled();
  relay.isConnected = false;
  here.path.send(packetOf(1));
  expect(here.path.isOpen).toBe(false);
  const late = hear(hubs.caller.open({ did: CALLEE, keys: agree().forCaller }));
  await settled();
  expect([...here.ends, ...late.ends]).toMatchObject([
    { code: 'CONNECTION_FAILED' },
    { code: 'CONNECTION_FAILED' },
  ]);
});

test('tells once there is room again', async () => {
  const { connect, relay } = createWorld();
  const { here } = connect();
  await settled();
  relay.bufferedBytes = LOW_WATER_BYTES + 1;
  here.path.send(packetOf(1));
  expect(here.path.bufferedBytes).toBe(LOW_WATER_BYTES + 1);
  relay.bufferedBytes = LOW_WATER_BYTES;
  await vi.waitFor(() => expect(here.drains).toEqual([LOW_WATER_BYTES]));
});

test('a packet that is too large is refused, and the path stays', () => {
  const { connect } = createWorld();
  const { here } = connect();
  const refusal = expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' });
  expect(() => here.path.send(packetOf(MAX_PACKET_BYTES + 1))).toThrow(refusal);
  expect(here.path.isOpen).toBe(true);
});

test('keys are used once, and a closed hub ends its paths and hears nothing', async () => {
  const { connect, hubs, relay } = createWorld();
  const keys = agree().forCaller;
  hubs.caller.open({ did: CALLEE, keys });
  expect(() => hubs.caller.open({ did: CALLEE, keys })).toThrow(
    expect.objectContaining({ code: 'CONFLICT' }),
  );
  const { here, there } = connect();
  await settled();
  hubs.caller.close();
  await settled();
  expect(here.ends).toEqual([undefined]);
  expect(there.ends).toMatchObject([{ code: 'UNAVAILABLE' }]);
  expect(relay.isHeard(CALLER)).toBe(false);
});
