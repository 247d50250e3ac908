import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { encodeFrame } from '@bonafide/core/protocol';
import { startNats } from './nats.ts';
import { type BenchGateway, countOf } from './realtime/gateway-relay.ts';
import { openNats } from './realtime/peers.ts';
import { PAYLOAD, type Pair, type Relay } from './realtime/relay.ts';
import { encodeText } from './realtime/web-socket.ts';

export type KvVerb = 'put' | 'get';

/** Keys of one connection; it goes through them again and again. */
const KEYS = 1000;
const VALUE = JSON.stringify(PAYLOAD.slice(2));

/** Calls over a session: those of one write of the client share a frame. */
export function openSessions(gateway: BenchGateway, verb: KvVerb): Relay {
  return relayOf(`Bonafide, session, ${verb}`, gateway, async (index) => {
    const socket = await gateway.openSession(`kv-${index}-${randomUUID()}`);
    let n = 0;
    const next = () => {
      n += 1;
      const key = keyOf(index, n);
      if (verb === 'get') return encodeFrame({ t: 'call', n, op: 'kv.get' }, JSON.stringify({ key }));
      return encodeFrame({ t: 'call', n, op: 'kv.put' }, `{"key":"${key}","value":${VALUE}}`);
    };
    return {
      send: (count) => socket.write(encodeText(Array.from({ length: count }, next).join(''))),
      onReceived: (listener) =>
        socket.onText((text) => {
          if (text.includes('"t":"problem"')) throw new Error(text.slice(0, 500));
          const count = countOf(text, '"t":"result"');
          if (count > 0) listener(count);
        }),
      close: () => socket.close(),
    };
  });
}

/** Requests with the token of a person over connections that stay open. */
export function openHttp(gateway: BenchGateway, verb: KvVerb): Relay {
  if (gateway.ownerToken === '') throw new Error('the gateway has not said its token yet');
  const { host, hostname, port } = new URL(gateway.url);
  const head = `host: ${host}\r\nauthorization: Bearer ${gateway.ownerToken}\r\n`;
  const requestOf = (key: string) => {
    if (verb === 'get') return `GET /v1/kv/entry?key=${key} HTTP/1.1\r\n${head}\r\n`;
    const body = `{"key":"${key}","value":${VALUE}}`;
    return `POST /v1/kv/entry HTTP/1.1\r\n${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  };
  return relayOf(`Bonafide, HTTP, ${verb}`, gateway, async (index) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let n = 0;
    const count = createCounter('HTTP/1.1 200');
    return {
      send: (wanted) => {
        for (let each = 0; each < wanted; each += 1) socket.write(requestOf(keyOf(index, ++n)));
      },
      onReceived: (listener) => {
        socket.removeAllListeners('data');
        socket.on('data', (chunk: Buffer) => count(chunk, listener));
      },
      close: () => void socket.destroy(),
    };
  });
}

/** A KV bucket of JetStream as its clients make it: one message per key in a file, read without the leader's queue. */
const BUCKET = JSON.stringify({
  ...{ name: 'KV_BENCH', subjects: ['$KV.BENCH.>'], max_msgs_per_subject: 1, storage: 'file' },
  ...{ allow_direct: true, allow_rollup_hdrs: true, deny_delete: true, discard: 'new', num_replicas: 1 },
});

/** Both sides of one nats-server, in its own protocol: no client library is measured. */
export async function startJetStreamKv(): Promise<AsyncDisposable & Record<KvVerb, Relay>> {
  const server = await startNats();
  const admin = await openNats(server.url, 'SUB created 1\r\n');
  const created = new Promise<string>((resolve) => admin.onBytes((bytes) => resolve(bytes.toString())));
  admin.write(Buffer.from(`PUB $JS.API.STREAM.CREATE.KV_BENCH created ${BUCKET.length}\r\n${BUCKET}\r\n`));
  if ((await created).includes('"error"')) throw new Error(await created);
  admin.close();
  const open = (verb: KvVerb) =>
    relayOf(`JetStream KV, ${verb}`, server, async (index) => {
      const reply = `answers.${verb}.${index}`;
      const socket = await openNats(server.url, `SUB ${reply} 1\r\n`);
      const count = createCounter(verb === 'put' ? '"seq":' : `MSG ${reply} 1  ${VALUE.length}\r\n`);
      let n = 0;
      const next = () => {
        n += 1;
        const subject = `$KV.BENCH.${keyOf(index, n)}`;
        if (verb === 'get') return `PUB $JS.API.DIRECT.GET.KV_BENCH.${subject} ${reply} 0\r\n\r\n`;
        return `PUB ${subject} ${reply} ${VALUE.length}\r\n${VALUE}\r\n`;
      };
      return {
        send: (wanted) => socket.write(Buffer.from(Array.from({ length: wanted }, next).join(''))),
        onReceived: (listener) => socket.onBytes((chunk) => count(chunk, listener)),
        close: () => socket.close(),
      };
    });
  return {
    put: open('put'),
    get: open('get'),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function keyOf(index: number, n: number): string {
  return `k${index}-${n % KEYS}`;
}

/** Counts a mark in a stream of bytes, also where it is cut in two. */
function createCounter(mark: string): (chunk: Buffer, listener: (count: number) => void) => void {
  let rest = '';
  return (chunk, listener) => {
    const text = rest + chunk.toString('latin1');
    const count = countOf(text, mark);
    const end = count === 0 ? 0 : text.lastIndexOf(mark) + mark.length;
    rest = text.slice(Math.max(end, text.length - mark.length + 1));
    if (count > 0) listener(count);
  };
}

function relayOf(
  name: string,
  server: { cpuSeconds(): number },
  openPair: (index: number) => Promise<Pair>,
): Relay {
  const cpuSeconds = () => server.cpuSeconds();
  // The server goes with whoever started it.
  return { name, cpuSeconds, openPair, [Symbol.asyncDispose]: async () => undefined };
}
