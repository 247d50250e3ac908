// A storm of 2,000 connections, each proving its key: server CPU of one connection. The peer accepts a WebSocket, verifies
// one Ed25519 signature over a challenge, and keeps nothing; ours also keeps the lock of the address on disk.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { toBase64Url } from '@bonafide/core/identity';
import { startBenchGateway } from './realtime/gateway-relay.ts';
import { median, wait } from './realtime/relay.ts';
import { encodeText, openWebSocket, type RawWebSocket } from './realtime/web-socket.ts';
import { startServer } from './server-process.ts';

const CONNECTIONS = 2000;
const AT_ONCE = 100;
const ROUNDS = 3;

interface Storm {
  readonly cpuUs: number;
  readonly perSecond: number;
}

async function storm(
  cpuSeconds: () => number,
  open: (index: number) => Promise<RawWebSocket>,
): Promise<Storm> {
  for (const socket of await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => open(-1 - index))))
    socket.close();
  await wait(500);
  const cpu = cpuSeconds();
  const startedAt = performance.now();
  const sockets: RawWebSocket[] = [];
  for (let index = 0; index < CONNECTIONS; index += AT_ONCE)
    sockets.push(...(await Promise.all(Array.from({ length: AT_ONCE }, (_, each) => open(index + each)))));
  const seconds = (performance.now() - startedAt) / 1000;
  const used = cpuSeconds() - cpu;
  for (const socket of sockets) socket.close();
  return { cpuUs: (used / CONNECTIONS) * 1e6, perSecond: CONNECTIONS / seconds };
}

async function measureOurs(): Promise<Storm> {
  await using gateway = await startBenchGateway();
  return await storm(
    () => gateway.cpuSeconds(),
    (index) => gateway.openSession(`s${index}`),
  );
}

async function measurePeer(): Promise<Storm> {
  await using gateway = await startBenchGateway();
  const { signer } = gateway;
  const file = fileURLToPath(new URL('./servers/ws-verify.ts', import.meta.url));
  await using server = await startServer([file], { PUBLIC_DID: signer.did });
  return await storm(
    () => server.cpuSeconds(),
    async () => {
      const socket = await openWebSocket(server.url, { path: `/?id=${randomUUID()}` });
      const signature = await signer.sign(new TextEncoder().encode(await socket.nextText()));
      socket.write(encodeText(toBase64Url(signature)));
      if ((await socket.nextText()) !== 'welcome') throw new Error('not let in');
      return socket;
    },
  );
}

const ours: Storm[] = [];
const peer: Storm[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  ours.push(await measureOurs());
  peer.push(await measurePeer());
}
const cpuOf = (storms: readonly Storm[]) => median(storms.map(({ cpuUs }) => cpuUs));
const wallOf = (storms: readonly Storm[]) => median(storms.map(({ perSecond }) => perSecond));
console.log(
  `Bonafide: ${cpuOf(ours).toFixed(0)} us of server CPU a connection, ${wallOf(ours).toFixed(0)} connections/s`,
);
console.log(
  `ws and one verification: ${cpuOf(peer).toFixed(0)} us, ${wallOf(peer).toFixed(0)} connections/s`,
);
console.log(`connect ratio=${(cpuOf(ours) / cpuOf(peer)).toFixed(3)}`);
