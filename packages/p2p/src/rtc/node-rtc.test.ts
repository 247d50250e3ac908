import { createHash, createHmac } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { loadRtcProvider } from './node-rtc.ts';

const rtc = await loadRtcProvider();

test('without node-datachannel it says what to install, and why', async () => {
  const cause = new Error("Cannot find package 'node-datachannel'");
  const error = await loadRtcProvider(() => Promise.reject(cause)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'UNSUPPORTED', details: { reason: 'no-webrtc' }, cause });
  expect(String(error)).toContain('install node-datachannel');
});

test('cannot restart ICE, and says so', () => {
  expect(rtc).toMatchObject({ name: 'node-datachannel', canRestartIce: false });
});

test('only the given address is offered', async () => {
  const connection = rtc.createConnection({ bindAddress: '127.0.0.1' });
  connection.createDataChannel('any');
  while (connection.iceGatheringState !== 'complete') await once(connection, 'icegatheringstatechange');
  const sdp = connection.localDescription?.sdp ?? '';
  connection.close();
  expect(sdp.match(/^a=candidate:.*$/gm)).toEqual([expect.stringMatching(/ 127\.0\.0\.1 \d+ typ host/)]);
});

test.each(['turns:turn.example:443', 'turn:turn.example?transport=tcp'])(
  'says that it cannot use %s',
  (urls) => {
    const iceServers = [{ urls: 'stun:stun.example' }, { urls, username: 'user', credential: 'secret' }];
    expect(() => rtc.createConnection({ iceServers })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', details: { reason: 'turn-transport' } }),
    );
  },
);

test('refuses wrong settings before anything is opened, and changes none', () => {
  expect(() => rtc.createConnection({ iceServers: [{ urls: 'nonsense' }] })).toThrow(
    expect.objectContaining({ code: 'VALIDATION_FAILED' }),
  );
  const frozen = Object.freeze([Object.freeze({ urls: 'stun:127.0.0.1:9' })]);
  rtc.createConnection({ iceServers: frozen }).close();
});

test('a TURN server gets the user name and the password as they are', async () => {
  const [username, credential] = ['1795307088:agent@example', 'a/b+c=:@?#%'];
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address() as AddressInfo;
  const proven = expectLogin(socket, credential);
  const connection = rtc.createConnection({
    bindAddress: '127.0.0.1',
    iceServers: [{ urls: `turn:127.0.0.1:${port}`, username, credential }],
  });
  connection.createDataChannel('any');
  expect(await proven).toEqual({ username, isPasswordRight: true });
  connection.close();
  socket.close();
});

const turnServer = (port: number) => ({
  urls: `turn:127.0.0.1:${port}?transport=udp`,
  username: 'user',
  credential: 'secret',
});

test('who has a TURN server offers to be the DTLS client, and takes no other part', async () => {
  const connection = rtc.createConnection({ bindAddress: '127.0.0.1', iceServers: [turnServer(9)] });
  connection.createDataChannel('any');
  const { sdp } = await connection.createOffer();
  expect(sdp).toMatch(/^a=setup:active\r?$/m);
  await expect(connection.setRemoteDescription({ type: 'answer', sdp: sdp ?? '' })).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
  });
  connection.close();
});

test.each([
  ['as the server', 'no TURN server', [], 'passive'],
  ['as the client', 'a TURN server', [turnServer(9)], 'active'],
] as const)('answers %s what the caller left open, with %s', async (_, __, iceServers, setup) => {
  const caller = rtc.createConnection({ bindAddress: '127.0.0.1' });
  caller.createDataChannel('any');
  const offer = await caller.createOffer();
  expect(offer.sdp).toMatch(/^a=setup:actpass\r?$/m);
  const callee = rtc.createConnection({ bindAddress: '127.0.0.1', iceServers }, offer.sdp);
  await callee.setRemoteDescription(offer);
  const answer = await callee.createAnswer();
  expect(answer.sdp).toMatch(new RegExp(`^a=setup:${setup}\r?$`, 'm'));
  await caller.setRemoteDescription(answer);
  caller.close();
  callee.close();
});

const BINDING = 0x0001;
const ALLOCATE = 0x0003;
const offerOf = (setup: string): string => `v=0\r\na=setup:${setup}\r\n`;

test.each([
  ['a DTLS client asks for its address', offerOf('active'), 'all', BINDING],
  ['who leaves that open takes an allocation', offerOf('actpass'), 'all', ALLOCATE],
  [
    'a DTLS client, but may be reached through TURN alone, takes one, too',
    offerOf('active'),
    'relay',
    ALLOCATE,
  ],
] as const)('a TURN server of who answers %s', async (_, offer, iceTransportPolicy, wanted) => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address() as AddressInfo;
  const asked = once(socket, 'message');
  const settings = { bindAddress: '127.0.0.1', iceServers: [turnServer(port)], iceTransportPolicy };
  const connection = rtc.createConnection(settings, offer);
  connection.createDataChannel('any');
  const [message] = await asked;
  expect((message as Buffer).readUInt16BE(0)).toBe(wanted);
  connection.close();
  socket.close();
});

const UNAUTHENTICATED = 0x0113;
const attributes = { username: 0x0006, integrity: 0x0008, error: 0x0009, realm: 0x0014, nonce: 0x0015 };
const REALM = 'bonafide.test';

interface Login {
  readonly username: string;
  readonly isPasswordRight: boolean;
}

/** As much of a TURN server (RFC 8656, RFC 8489 section 9.2) as asks for a login and looks at it. */
function expectLogin(socket: Socket, password: string): Promise<Login> {
  return new Promise((resolve) => {
    socket.on('message', (message: Buffer, from: RemoteInfo) => {
      if (message.readUInt16BE(0) !== ALLOCATE) return;
      const username = readAttribute(message, attributes.username)?.value.toString();
      if (username === undefined) socket.send(askForLogin(message), from.port, from.address);
      else resolve({ username, isPasswordRight: isSignedWith(message, `${username}:${REALM}:${password}`) });
    });
  });
}

function readAttribute(message: Buffer, wanted: number): { offset: number; value: Buffer } | undefined {
  for (let offset = 20; offset < message.length; ) {
    const length = message.readUInt16BE(offset + 2);
    const value = message.subarray(offset + 4, offset + 4 + length);
    if (message.readUInt16BE(offset) === wanted) return { offset, value };
    offset += 4 + Math.ceil(length / 4) * 4;
  }
  return undefined;
}

function isSignedWith(message: Buffer, login: string): boolean {
  const integrity = readAttribute(message, attributes.integrity);
  if (!integrity) return false;
  const signed = Buffer.from(message.subarray(0, integrity.offset));
  signed.writeUInt16BE(integrity.offset + 24 - 20, 2);
  const key = createHash('md5').update(login).digest();
  return createHmac('sha1', key).update(signed).digest().equals(integrity.value);
}

function askForLogin(request: Buffer): Buffer {
  const body = Buffer.concat([
    writeAttribute(attributes.error, Buffer.from([0, 0, 4, 1])),
    writeAttribute(attributes.realm, Buffer.from(REALM)),
    writeAttribute(attributes.nonce, Buffer.from('nonce-of-this-test')),
  ]);
  const head = Buffer.from(request.subarray(0, 20));
  head.writeUInt16BE(UNAUTHENTICATED, 0);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

function writeAttribute(type: number, value: Buffer): Buffer {
  const attribute = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  attribute.writeUInt16BE(type, 0);
  attribute.writeUInt16BE(value.length, 2);
  value.copy(attribute, 4);
  return attribute;
}
