import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { secure } from '@bonafide/core';
import { createKeyPair, type Signer, signEnvelope, signerFromSeed } from '@bonafide/core/identity';
import { decodeFrames, encodeFrame, type GatewayFrame, HELLO, PROTOCOL } from '@bonafide/core/protocol';
import { type ServerProcess, startServer } from '../server-process.ts';
import { PAYLOAD, type Pair, type Relay } from './relay.ts';
import { encodeText, openWebSocket, type RawWebSocket } from './web-socket.ts';

const bin = fileURLToPath(import.meta.resolve('@bonafide/gateway/package.json')).replace(
  'package.json',
  'bin/bonafide-gateway.js',
);
const UNLIMITED = '1000000000';

/** A gateway in its own process with one agent, whose key opens any number of sessions. */
export interface BenchGateway extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  readonly ownerToken: string;
  readonly signer: Signer;
  cpuSeconds(): number;
  /** A session of `ag::default::bench::<specifier>`. */
  openSession(specifier: string, credit?: number): Promise<RawWebSocket>;
}

export async function startBenchGateway(environment: Record<string, string> = {}): Promise<BenchGateway> {
  await using starting = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-bench-'));
  starting.defer(() => rm(folder, { recursive: true }));
  const server = starting.use(
    await startServer([bin], {
      ...{ BONAFIDE_PORT: '0', BONAFIDE_DATABASE: join(folder, 'bench.db'), BONAFIDE_LOG_LEVEL: 'warn' },
      ...{ BONAFIDE_RATE_LIMIT_PER_SECOND: UNLIMITED, BONAFIDE_RATE_LIMIT_BURST: UNLIMITED },
      ...environment,
    }),
  );
  const signer = signerFromSeed(createKeyPair().seed);
  await using agent = await secure('bench', { url: server.url, signer });
  if (agent.name !== 'bench') throw new Error('the agent was not registered');
  const stack = starting.move();
  return {
    ...{ url: server.url, pid: server.pid, signer, ownerToken: ownerTokenOf(server) },
    cpuSeconds: () => server.cpuSeconds(),
    openSession: (specifier, credit) => openSession(server.url, { signer, specifier, credit }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function ownerTokenOf({ lines }: ServerProcess): string {
  return /: (\S+)$/.exec(lines.find((line) => line.startsWith('Owner token')) ?? '')?.[1] ?? '';
}

async function openSession(
  url: string,
  { signer, specifier, credit = 256 }: { signer: Signer; specifier: string; credit?: number | undefined },
): Promise<RawWebSocket> {
  const socket = await openWebSocket(url, { path: '/v1/session', protocol: PROTOCOL });
  const challenge = await nextFrame(socket, 'challenge');
  const payload = {
    ...{ protocol: PROTOCOL, nonce: challenge.nonce, gateway: challenge.gateway, credit },
    principal: { type: 'agent', implementation: 'bench', specifier },
  };
  const envelope = await signEnvelope(payload, { signer, type: HELLO, expiresInSeconds: 60 });
  socket.write(encodeText(encodeFrame({ t: 'hello', envelope })));
  await nextFrame(socket, 'welcome');
  return socket;
}

async function nextFrame<Kind extends GatewayFrame['t']>(
  socket: RawWebSocket,
  kind: Kind,
): Promise<Extract<GatewayFrame, { t: Kind }>> {
  const [first] = decodeFrames<GatewayFrame>(await socket.nextText());
  if (first?.frame.t === kind) return first.frame as Extract<GatewayFrame, { t: Kind }>;
  throw new Error(`expected ${kind}, got ${JSON.stringify(first?.frame)}`);
}

/** Live messages between two sessions: authenticated, permitted, and never kept. */
export async function startGatewayRelay(): Promise<Relay> {
  const gateway = await startBenchGateway();
  return {
    name: 'Bonafide',
    cpuSeconds: () => gateway.cpuSeconds(),
    async openPair(index): Promise<Pair> {
      const [sender, receiver] = await Promise.all(
        ['a', 'b'].map((role) => gateway.openSession(`${role}${index}`)),
      );
      if (!sender || !receiver) throw new Error('both are opened above');
      const frame = encodeFrame(
        { t: 'live', to: `ag::default::bench::b${index}`, kind: 'chat' },
        JSON.stringify(PAYLOAD.slice(2)),
      );
      return {
        send: (count) => sender.write(encodeText(frame.repeat(count))),
        onReceived: (listener) => receiver.onText((text) => listener(countOf(text, '{"t":"live"'))),
        close() {
          sender.close();
          receiver.close();
        },
      };
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

/** How often the text holds the mark; bodies here never do. */
export function countOf(text: string, mark: string): number {
  let count = 0;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) count += 1;
  return count;
}
