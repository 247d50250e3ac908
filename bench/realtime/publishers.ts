import { randomUUID } from 'node:crypto';
import { encodeFrame } from '@bonafide/core/protocol';
import { startNats } from '../nats.ts';
import { countOf, startBenchGateway } from './gateway-relay.ts';
import { openNats } from './peers.ts';
import { PAYLOAD, PAYLOAD_BYTES, type Pair, type Relay } from './relay.ts';
import { encodeText } from './web-socket.ts';

const RECIPIENTS = 1;

/** Every message has an id of its own, goes to one of many inboxes, and counts once the gateway accepted it. */
export async function startGatewayPublishers(): Promise<Relay> {
  const gateway = await startBenchGateway();
  const body = JSON.stringify(PAYLOAD.slice(2));
  return {
    name: 'Bonafide',
    cpuSeconds: () => gateway.cpuSeconds(),
    async openPair(index): Promise<Pair> {
      const socket = await gateway.openSession(`publisher-${index}-${randomUUID()}`);
      const run = randomUUID().slice(0, 8);
      let n = 0;
      const next = () => {
        n += 1;
        const to = `ag::default::inbox::${index}-${n % RECIPIENTS}`;
        return encodeFrame({ t: 'send', n, to, kind: 'chat', id: `${run}-${n}` }, body);
      };
      return {
        send: (count) => socket.write(encodeText(Array.from({ length: count }, next).join(''))),
        onReceived: (listener) =>
          socket.onText((text) => {
            if (text.includes('"t":"refused"')) throw new Error(text.slice(0, 500));
            const accepted = countOf(text, '[') - countOf(text, '[[');
            if (accepted > 0) listener(accepted);
          }),
        close: () => socket.close(),
      };
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

/** Every message has an id of its own (Nats-Msg-Id would cost the peer more; it is left out) and counts once stored. */
export async function startJetStreamPublishers(): Promise<Relay> {
  const server = await startNats();
  const config = JSON.stringify({ name: 'BENCH', subjects: ['inbox.>'], storage: 'file' });
  const admin = await openNats(server.url, 'SUB created 1\r\n');
  const created = new Promise<void>((resolve) => admin.onBytes(() => resolve()));
  admin.write(
    Buffer.from(`PUB $JS.API.STREAM.CREATE.BENCH created ${Buffer.byteLength(config)}\r\n${config}\r\n`),
  );
  await created;
  return {
    name: 'JetStream, file storage',
    cpuSeconds: () => server.cpuSeconds(),
    async openPair(index): Promise<Pair> {
      const reply = `acks.${index}`;
      const socket = await openNats(server.url, `SUB ${reply} 1\r\n`);
      let n = 0;
      const next = () => {
        n += 1;
        return `PUB inbox.${index}.${n % RECIPIENTS} ${reply} ${PAYLOAD_BYTES}\r\n${PAYLOAD}\r\n`;
      };
      let rest = '';
      return {
        send: (count) => socket.write(Buffer.from(Array.from({ length: count }, next).join(''))),
        onReceived: (listener) =>
          socket.onBytes((chunk) => {
            rest += chunk.toString('latin1');
            const acknowledged = countOf(rest, '"seq":');
            // An acknowledgement that is cut in two is counted when its mark is whole.
            rest = rest.slice(rest.lastIndexOf('"seq":') + (acknowledged > 0 ? 6 : 1));
            if (acknowledged > 0) listener(acknowledged);
          }),
        close: () => socket.close(),
      };
    },
    async [Symbol.asyncDispose]() {
      admin.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
