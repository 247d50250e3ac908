// One message of 256 bytes to 500 connections: deliveries per second of the server's CPU. The peers are a loop over the ws
// library's sockets, and 500 subscriptions of nats-server.

import { fileURLToPath } from 'node:url';
import { encodeFrame } from '@bonafide/core/protocol';
import { startNats } from './nats.ts';
import { countOf, startBenchGateway } from './realtime/gateway-relay.ts';
import { openNats } from './realtime/peers.ts';
import {
  measureThroughput,
  median,
  PAYLOAD,
  PAYLOAD_BYTES,
  type Pair,
  type Relay,
} from './realtime/relay.ts';
import { encodeText, openWebSocket, type RawWebSocket } from './realtime/web-socket.ts';
import { startServer } from './server-process.ts';

const RECIPIENTS = 500;
const ROUNDS = 5;
const SECONDS = 2;

interface Fanout {
  readonly relay: Relay;
  readonly group: Pair;
}

/** A round is over when everybody got the message: only then the next one is sent. */
function toGroup(send: () => void, listen: (arrived: (count: number) => void) => void): Pair {
  let pending = 0;
  let isWanted = false;
  let listener = (_count: number): void => undefined;
  const next = () => {
    if (!isWanted) return;
    isWanted = false;
    pending = RECIPIENTS;
    send();
  };
  listen((count) => {
    pending -= count;
    listener(count);
    if (pending === 0) next();
  });
  return {
    // The load asks for more with every arrival, and no more when it is over.
    send() {
      isWanted = true;
      if (pending === 0) next();
    },
    onReceived(replaced) {
      listener = replaced;
    },
    close: () => undefined,
  };
}

async function openOurs(): Promise<Fanout> {
  const gateway = await startBenchGateway();
  const sender = await gateway.openSession('sender');
  const sockets: RawWebSocket[] = [];
  for (let index = 0; index < RECIPIENTS; index += 1) sockets.push(await gateway.openSession(`r${index}`));
  const message = encodeText(
    encodeFrame({ t: 'live', to: 'ga::default', kind: 'chat' }, JSON.stringify(PAYLOAD.slice(2))),
  );
  const group = toGroup(
    () => sender.write(message),
    (arrived) => {
      for (const socket of sockets) socket.onText((text) => arrived(countOf(text, '{"t":"live"')));
    },
  );
  return { group, relay: relayOf('Bonafide', gateway) };
}

async function openWs(): Promise<Fanout> {
  const server = await startServer([fileURLToPath(new URL('./servers/ws-relay.ts', import.meta.url))]);
  const sockets: RawWebSocket[] = [];
  for (let index = 0; index < RECIPIENTS; index += 1)
    sockets.push(await openWebSocket(server.url, { path: `/?id=r${index}` }));
  const [sender] = sockets;
  const message = encodeText(JSON.stringify({ to: '*', from: 'r0', p: PAYLOAD }));
  const group = toGroup(
    () => sender?.write(message),
    (arrived) => {
      for (const socket of sockets) socket.onText(() => arrived(1));
    },
  );
  return { group, relay: relayOf('ws', server) };
}

async function openNatsGroup(): Promise<Fanout> {
  const server = await startNats();
  const sender = await openNats(server.url, '');
  const message = Buffer.from(`PUB group ${PAYLOAD_BYTES}\r\n${PAYLOAD}\r\n`);
  const delivered = `MSG group 1 ${PAYLOAD_BYTES}\r\n`.length + PAYLOAD_BYTES + 2;
  const sockets = await Promise.all(
    Array.from({ length: RECIPIENTS }, () => openNats(server.url, 'SUB group 1\r\n')),
  );
  const group = toGroup(
    () => sender.write(message),
    (arrived) => {
      for (const socket of sockets) {
        let bytes = 0;
        socket.onBytes((chunk) => {
          bytes += chunk.length;
          for (; bytes >= delivered; bytes -= delivered) arrived(1);
        });
      }
    },
  );
  return { group, relay: relayOf('nats-server', server) };
}

function relayOf(name: string, server: { cpuSeconds(): number } & AsyncDisposable): Relay {
  return {
    name,
    cpuSeconds: () => server.cpuSeconds(),
    openPair: () => Promise.reject(new Error('a group has no pairs')),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

await using stack = new AsyncDisposableStack();
const fanouts: Fanout[] = [];
for (const open of [openOurs, openWs, openNatsGroup]) {
  const fanout = await open();
  stack.use(fanout.relay);
  fanouts.push(fanout);
}
const samples = fanouts.map((): number[] => []);
for (let round = -1; round < ROUNDS; round += 1) {
  for (const [index, { relay, group }] of fanouts.entries()) {
    const { perCpuSecond } = await measureThroughput(relay, { pairs: [group], window: 1, seconds: SECONDS });
    group.close();
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (round >= 0) samples[index]?.push(perCpuSecond);
  }
}
const medians = samples.map(median);
for (const [index, { relay }] of fanouts.entries())
  console.log(`${relay.name}: ${Math.round(medians[index] ?? 0)} deliveries per server CPU-second`);
const [ours = Number.NaN, ws = Number.NaN, nats = Number.NaN] = medians;
console.log(
  `fanout ratio=${(ours / nats).toFixed(3)} over-ws=${(ours / ws).toFixed(3)} (deliveries per server CPU-second over nats-server)`,
);
