import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startNats } from '../nats.ts';
import { type ServerProcess, startServer } from '../server-process.ts';
import { PAYLOAD, PAYLOAD_BYTES, type Pair, type Relay } from './relay.ts';
import { encodeText, openWebSocket, type RawWebSocket } from './web-socket.ts';

const WS_RELAY = fileURLToPath(new URL('../servers/ws-relay.ts', import.meta.url));
const SOCKET_IO_RELAY = fileURLToPath(new URL('../servers/socket-io-relay.ts', import.meta.url));

/** The `ws` library and a map of who is connected: no identity, no permission, no limits. */
export async function startPlainWs(): Promise<Relay> {
  const server = await startServer([WS_RELAY]);
  return relayOf('ws', server, async (index) => {
    const [sender, receiver] = await Promise.all(
      ['a', 'b'].map((role) => openWebSocket(server.url, { path: `/?id=${role}${index}` })),
    );
    const message = encodeText(JSON.stringify({ to: `b${index}`, from: `a${index}`, p: PAYLOAD }));
    return pairOf({ sender, receiver, message });
  });
}

export async function startSocketIo(): Promise<Relay> {
  const server = await startServer([SOCKET_IO_RELAY]);
  return relayOf('socket.io', server, async (index) => {
    const [sender, receiver] = await Promise.all(
      ['a', 'b'].map((role) => openSocketIo(server.url, `${role}${index}`)),
    );
    return pairOf({ sender, receiver, message: encodeText(`42["msg","b${index}","${PAYLOAD}"]`) });
  });
}

async function openSocketIo(url: string, id: string): Promise<RawWebSocket> {
  const socket = await openWebSocket(url, { path: '/socket.io/?EIO=4&transport=websocket' });
  await socket.nextText();
  socket.write(encodeText('40'));
  await socket.nextText();
  socket.write(encodeText(`42["hello","${id}"]`));
  await socket.nextText();
  return socket;
}

export async function startNatsRelay(): Promise<Relay> {
  const server = await startNats();
  return relayOf('nats-server', server, async (index) => {
    const subject = `b${index}`;
    const [sender, receiver] = await Promise.all([
      openNats(server.url, ''),
      openNats(server.url, `SUB ${subject} 1\r\n`),
    ]);
    const message = Buffer.from(`PUB ${subject} ${PAYLOAD_BYTES}\r\n${PAYLOAD}\r\n`);
    const delivered = `MSG ${subject} 1 ${PAYLOAD_BYTES}\r\n`.length + PAYLOAD_BYTES + 2;
    let listener = (_count: number): void => undefined;
    let bytes = 0;
    receiver.onBytes((chunk) => {
      bytes += chunk.length;
      const count = Math.floor(bytes / delivered);
      bytes -= count * delivered;
      if (count > 0) listener(count);
    });
    return {
      send: (count) => sender.write(repeat(message, count)),
      onReceived(next) {
        listener = next;
      },
      close() {
        sender.close();
        receiver.close();
      },
    };
  });
}

export interface RawNats {
  write(bytes: Buffer): void;
  onBytes(listener: (chunk: Buffer) => void): void;
  close(): void;
}

/** Speaks the text protocol of NATS; `commands` follow the greeting. */
export async function openNats(url: string, commands: string): Promise<RawNats> {
  const { hostname, port } = new URL(url.includes('://') ? url : `nats://${url}`);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let listener = (_chunk: Buffer): void => undefined;
  await new Promise<void>((resolve, reject) => {
    let text = '';
    const onData = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (!text.includes('PONG\r\n')) return;
      socket.off('data', onData);
      socket.on('data', (later: Buffer) => {
        // Left alone it would be disconnected for not answering.
        if (later.length === 6 && later.toString('latin1') === 'PING\r\n') socket.write('PONG\r\n');
        else listener(later);
      });
      resolve();
    };
    socket.on('data', onData);
    socket.once('error', reject);
    socket.write(`CONNECT {"verbose":false,"pedantic":false,"echo":false}\r\n${commands}PING\r\n`);
  });
  socket.on('error', () => socket.destroy());
  return {
    write: (bytes) => void socket.write(bytes),
    onBytes(next) {
      listener = next;
    },
    close: () => socket.destroy(),
  };
}

function relayOf(
  name: string,
  server: Pick<ServerProcess, 'cpuSeconds'> & AsyncDisposable,
  openPair: Relay['openPair'],
): Relay {
  return {
    name,
    cpuSeconds: () => server.cpuSeconds(),
    openPair,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** One message for each text that arrives. */
function pairOf({
  sender,
  receiver,
  message,
}: {
  readonly sender: RawWebSocket | undefined;
  readonly receiver: RawWebSocket | undefined;
  readonly message: Buffer;
}): Pair {
  if (!sender || !receiver) throw new Error('both are opened above');
  return {
    send: (count) => sender.write(repeat(message, count)),
    onReceived: (listener) => receiver.onText(() => listener(1)),
    close() {
      sender.close();
      receiver.close();
    },
  };
}

export function repeat(message: Buffer, count: number): Buffer {
  return count === 1 ? message : Buffer.concat(Array.from({ length: count }, () => message));
}
