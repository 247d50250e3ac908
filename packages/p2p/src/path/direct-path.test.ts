import { once } from 'node:events';
import type { BonafideError } from '@bonafide/core/errors';
import { afterEach, expect, test } from 'vitest';
import { loadRtcProvider } from '../rtc/node-rtc.ts';
import { negotiate } from '../testing/negotiate.ts';
import { type DirectPath, openDirectPath } from './direct-path.ts';
import { assertFingerprint, fingerprintsOf } from './fingerprint.ts';
import { HIGH_WATER_BYTES, LOW_WATER_BYTES, MAX_PACKET_BYTES, type PathListener } from './path.ts';

const rtc = await loadRtcProvider();

interface End extends DirectPath {
  readonly connection: RTCPeerConnection;
}

const connections: RTCPeerConnection[] = [];

afterEach(() => {
  for (const connection of connections.splice(0)) connection.close();
});

function createConnection(): RTCPeerConnection {
  const connection = rtc.createConnection({ bindAddress: '127.0.0.1' });
  connections.push(connection);
  return connection;
}

function createEnd(): End {
  const connection = createConnection();
  return { connection, ...openDirectPath(connection) };
}

async function connect(): Promise<{ here: End; there: End }> {
  const [here, there] = [createEnd(), createEnd()];
  await negotiate(here.connection, there.connection);
  await Promise.all([here.opened, there.opened]);
  return { here, there };
}

interface Heard {
  readonly packets: Uint8Array[];
  readonly datagrams: Uint8Array[];
  readonly closed: Promise<BonafideError | undefined>;
  until(isEnough: () => boolean): Promise<void>;
}

function hear({ path }: Pick<DirectPath, 'path'>, overrides: Partial<PathListener> = {}): Heard {
  const [packets, datagrams]: [Uint8Array[], Uint8Array[]] = [[], []];
  const { promise: closed, resolve } = Promise.withResolvers<BonafideError | undefined>();
  const waiting = new Set<() => void>();
  const check = (): void => {
    for (const look of waiting) look();
  };
  const keep = (kept: Uint8Array[]) => (bytes: Uint8Array) => {
    kept.push(bytes);
    check();
  };
  path.listen({
    onPacket: keep(packets),
    onDatagram: keep(datagrams),
    onDrain: check,
    onClose: resolve,
    ...overrides,
  });
  const until = (isEnough: () => boolean): Promise<void> =>
    new Promise((done) => {
      const look = (): void => {
        if (!isEnough()) return;
        waiting.delete(look);
        done();
      };
      waiting.add(look);
      look();
    });
  return { packets, datagrams, closed, until };
}

function packetOf(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + seed) % 256);
}

test('packets of every size arrive whole and in order, both ways', async () => {
  const { here, there } = await connect();
  const [heardHere, heardThere] = [hear(here), hear(there)];
  const packets = [1, 2, 100, 1_200, 4_096, MAX_PACKET_BYTES - 1, MAX_PACKET_BYTES].map(packetOf);
  for (const packet of packets) {
    here.path.send(packet);
    there.path.send(packet);
  }
  await heardHere.until(() => heardHere.packets.length === packets.length);
  await heardThere.until(() => heardThere.packets.length === packets.length);
  expect(heardHere.packets).toEqual(packets);
  expect(heardThere.packets).toEqual(packets);
});

test('10,000 packets arrive in order while no more waits than the marks allow', async () => {
  const { here, there } = await connect();
  const heardHere = hear(here);
  let received = 0;
  const heardThere = hear(there, {
    onPacket: (packet) => {
      if (new DataView(packet.buffer).getUint32(0) === received) received++;
    },
  });
  const packet = packetOf(8_192);
  let drains = 0;
  let mostBuffered = 0;
  for (let number = 0; number < 10_000; number++) {
    if (here.path.bufferedBytes > HIGH_WATER_BYTES) {
      await heardHere.until(() => here.path.bufferedBytes <= LOW_WATER_BYTES);
      drains++;
    }
    new DataView(packet.buffer).setUint32(0, number);
    here.path.send(packet);
    mostBuffered = Math.max(mostBuffered, here.path.bufferedBytes);
  }
  here.path.close();
  await heardThere.closed;
  expect(received).toBe(10_000);
  expect(mostBuffered).toBeLessThanOrEqual(HIGH_WATER_BYTES + packet.length);
  expect(drains).toBeGreaterThan(0);
});

test('datagrams arrive apart from packets', async () => {
  const { here, there } = await connect();
  const [heardHere, heardThere] = [hear(here), hear(there)];
  here.path.sendDatagram(packetOf(1_200));
  there.path.sendDatagram(packetOf(3));
  await heardHere.until(() => heardHere.datagrams.length === 1);
  await heardThere.until(() => heardThere.datagrams.length === 1);
  expect([heardHere.datagrams, heardThere.datagrams]).toEqual([[packetOf(3)], [packetOf(1_200)]]);
  expect([...heardHere.packets, ...heardThere.packets]).toEqual([]);
});

test('what comes before anybody listens is kept, in order, and so is the end', async () => {
  const { here, there } = await connect();
  const first = hear(there);
  for (let number = 0; number < 100; number++) here.path.send(packetOf(16, number));
  here.path.sendDatagram(packetOf(1));
  there.path.send(packetOf(1));
  await first.until(() => first.packets.length === 100);
  there.path.close();
  // Closing in turn shows that the packet and the end have come.
  await once(here.connection, 'connectionstatechange');
  const late = hear(here);
  expect((await late.closed)?.code).toBe('UNAVAILABLE');
  expect(late.packets).toEqual([packetOf(1)]);
});

test('what was sent right before the end still arrives', async () => {
  const { here, there } = await connect();
  const heard = hear(there);
  for (let number = 0; number < 12; number++) here.path.send(packetOf(MAX_PACKET_BYTES, number));
  here.path.close();
  await heard.closed;
  expect(heard.packets.map(([first]) => first)).toEqual(Array.from({ length: 12 }, (_, number) => number));
});

test('a path closed at one end is closed at the other, and each end hears it once', async () => {
  const { here, there } = await connect();
  const ended: string[] = [];
  const [closedHere, closedThere] = [here, there].map((end, index) => {
    const { promise, resolve } = Promise.withResolvers<BonafideError | undefined>();
    const onClose = (error: BonafideError | undefined): void => {
      ended.push(`${index} ${error?.code}`);
      resolve(error);
    };
    hear(end, { onClose });
    return promise;
  });
  here.path.close();
  expect(here.path.isOpen).toBe(false);
  expect(ended).toEqual([]);
  expect(await closedHere).toBeUndefined();
  expect(await closedThere).toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'closed-by-peer' } });
  there.path.close();
  here.path.close();
  expect(ended).toEqual(['0 undefined', '1 UNAVAILABLE']);
  expect(() => there.path.send(packetOf(1))).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
  expect(() => here.path.sendDatagram(packetOf(1))).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
  expect([here.path.bufferedBytes, there.path.bufferedBytes]).toEqual([0, 0]);
});

test('a connection that is closed under the path ends it', async () => {
  const { here, there } = await connect();
  const [heardHere, heardThere] = [hear(here), hear(there)];
  here.connection.close();
  expect((await heardHere.closed)?.code).toBe('CONNECTION_FAILED');
  expect((await heardThere.closed)?.code).toBe('CONNECTION_FAILED');
});

test('a listener that throws ends the path, and nothing else', async () => {
  const { here, there } = await connect();
  const heardHere = hear(here);
  const { promise, resolve } = Promise.withResolvers<BonafideError | undefined>();
  const broken = new Error('broken');
  hear(there, {
    onPacket: () => {
      throw broken;
    },
    onClose: resolve,
  });
  here.path.send(packetOf(1));
  expect(await promise).toMatchObject({ code: 'INTERNAL', cause: broken });
  expect((await heardHere.closed)?.code).toBe('CONNECTION_FAILED');
});

test('a packet that is too large is refused here', async () => {
  const { here } = await connect();
  const refusal = expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' });
  expect(() => here.path.send(packetOf(MAX_PACKET_BYTES + 1))).toThrow(refusal);
  expect(() => here.path.sendDatagram(packetOf(MAX_PACKET_BYTES + 1))).toThrow(refusal);
  expect(here.path.isOpen).toBe(true);
});

test.each([
  ['text', 'hello'],
  ['too much', packetOf(MAX_PACKET_BYTES + 1)],
])('a peer that sends %s loses the path', async (_, hostile) => {
  const here = createEnd();
  const connection = createConnection();
  const channel = connection.createDataChannel('packets', { negotiated: true, id: 1 });
  connection.createDataChannel('datagrams', { negotiated: true, id: 2 });
  await negotiate(connection, here.connection);
  await here.opened;
  if (channel.readyState !== 'open') await once(channel, 'open');
  const heard = hear(here);
  channel.send(hostile as string);
  expect(await heard.closed).toMatchObject({ code: 'VALIDATION_FAILED', details: { reason: 'malformed' } });
  expect(heard.packets).toEqual([]);
});

test('nothing is sent before it is open, and closing early rejects the opening', async () => {
  const { path, opened } = createEnd();
  expect(path.isOpen).toBe(false);
  expect(() => path.send(packetOf(1))).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
  const heard = hear({ path });
  path.close();
  await expect(opened).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(await heard.closed).toBeUndefined();
});

test('the fingerprint in use is the one in the signed description, and another is refused', async () => {
  const { here, there } = await connect();
  const answer = there.connection.localDescription?.sdp ?? '';
  expect(fingerprintsOf(answer)).toHaveLength(1);
  assertFingerprint(here.connection, answer);
  const swapped = answer.replace(/(a=fingerprint:sha-256 )../, '$100');
  const refusal = expect.objectContaining({ code: 'SIGNATURE_INVALID' });
  expect(() => assertFingerprint(here.connection, swapped)).toThrow(refusal);
  expect(() => assertFingerprint(here.connection, answer.replace(/a=fingerprint.*\r?\n/, ''))).toThrow(
    refusal,
  );
});
