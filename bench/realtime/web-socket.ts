import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** A WebSocket as plain as possible, so that making load costs little and messages of one write stay together. */
export interface RawWebSocket {
  /** Sends messages encoded before, in one write. */
  write(encoded: Buffer): void;
  /** Replaces the listener; it gets the text of each message. */
  onText(listener: (text: string) => void): void;
  nextText(): Promise<string>;
  close(): void;
}

/** A text message as a client sends it. The mask is zero: masking costs the sender, and what it costs is not measured. */
export function encodeText(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  const head =
    length < 126
      ? Buffer.from([0x81, 0x80 | length])
      : length < 65_536
        ? Buffer.from([0x81, 0xfe, length >> 8, length & 255])
        : Buffer.concat([Buffer.from([0x81, 0xff, 0, 0, 0, 0]), uint32(length)]);
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Connects and upgrades; rejects when the server does not. */
export async function openWebSocket(
  url: string,
  { path, protocol }: { readonly path: string; readonly protocol?: string },
): Promise<RawWebSocket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const subprotocol = protocol === undefined ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`;
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${subprotocol}` +
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  return read(socket, await readHead(socket));
}

/** Resolves with what came after the head of the answer. */
function readHead(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let seen: Buffer = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk]);
      const end = seen.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.off('data', onData);
      if (seen.subarray(0, 12).toString() === 'HTTP/1.1 101') resolve(seen.subarray(end + 4));
      else reject(new Error(`no upgrade: ${seen.toString().slice(0, 500)}`));
    };
    socket.on('data', onData);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed before the upgrade')));
  });
}

function read(socket: Socket, first: Buffer): RawWebSocket {
  const waiting: string[] = [];
  let listener = (text: string): void => void waiting.push(text);
  let rest: Buffer = Buffer.alloc(0);
  const onData = (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let message = takeMessage(rest); message; message = takeMessage(rest)) {
      rest = rest.subarray(message.end);
      if (message.opcode === 1) listener(message.text);
      else if (message.opcode === 9) socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
    }
  };
  socket.on('data', onData);
  socket.on('error', () => socket.destroy());
  if (first.length > 0) onData(first);
  return {
    write: (encoded) => void socket.write(encoded),
    onText(next) {
      listener = next;
      for (const text of waiting.splice(0)) next(text);
    },
    nextText: () =>
      new Promise((resolve) => {
        const text = waiting.shift();
        if (text !== undefined) return resolve(text);
        listener = (came) => {
          listener = (later) => void waiting.push(later);
          resolve(came);
        };
      }),
    close: () => socket.destroy(),
  };
}

/** The first whole message in the bytes; servers do not mask, and none of these fragments. */
function takeMessage(bytes: Buffer): { opcode: number; text: string; end: number } | undefined {
  const [first = 0, second = 0] = bytes;
  if (bytes.length < 2) return undefined;
  let start = 2;
  let length = second & 127;
  if (length === 126) {
    if (bytes.length < 4) return undefined;
    length = bytes.readUInt16BE(2);
    start = 4;
  } else if (length === 127) {
    if (bytes.length < 10) return undefined;
    length = Number(bytes.readBigUInt64BE(2));
    start = 10;
  }
  const end = start + length;
  return bytes.length < end
    ? undefined
    : { opcode: first & 15, text: bytes.toString('latin1', start, end), end };
}
