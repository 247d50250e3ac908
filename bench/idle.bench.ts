// Memory of 5,000 connections that are open and do nothing, with all that the server keeps for them; the peer is the ws
// library alone. Proportional set size, after both had time to settle.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startBenchGateway } from './realtime/gateway-relay.ts';
import { median, wait } from './realtime/relay.ts';
import { openWebSocket, type RawWebSocket } from './realtime/web-socket.ts';
import { startServer } from './server-process.ts';

const CONNECTIONS = 5000;
const AT_ONCE = 50;
const ROUNDS = 3;
const SETTLE_MS = 4000;

function memoryOf(pid: number): number {
  const found = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  return Number(found?.[1]) * 1024;
}

async function measure(pid: number, open: (index: number) => Promise<RawWebSocket>): Promise<number> {
  // What the first connections load is not what a connection costs.
  const first = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => open(index)));
  await wait(SETTLE_MS);
  const before = memoryOf(pid);
  const sockets: RawWebSocket[] = [];
  for (let index = 0; index < CONNECTIONS; index += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, (_, offset) => open(AT_ONCE + index + offset));
    sockets.push(...(await Promise.all(batch)));
  }
  await wait(SETTLE_MS);
  const perConnection = (memoryOf(pid) - before) / CONNECTIONS;
  for (const socket of [...first, ...sockets]) socket.close();
  return perConnection;
}

async function measureOurs(environment: Record<string, string> = {}): Promise<number> {
  await using gateway = await startBenchGateway(environment);
  return await measure(gateway.pid, (index) => gateway.openSession(`idle-${index}`));
}

async function measurePeer(): Promise<number> {
  const file = fileURLToPath(new URL('./servers/ws-relay.ts', import.meta.url));
  await using server = await startServer([file]);
  return await measure(server.pid, (index) => openWebSocket(server.url, { path: `/?id=${index}` }));
}

// Where memory counts for more than speed: V8 otherwise keeps the young generation that the storm of connections needed.
const SMALL_YOUNG_SPACE = { NODE_OPTIONS: '--max-semi-space-size=4' };

const ours: number[] = [];
const small: number[] = [];
const peer: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  ours.push(await measureOurs());
  small.push(await measureOurs(SMALL_YOUNG_SPACE));
  peer.push(await measurePeer());
}
const kib = (values: readonly number[]) => (median(values) / 1024).toFixed(1);
console.log(
  `Bonafide: ${kib(ours)} KiB a connection; ws: ${kib(peer)} KiB (${CONNECTIONS} connections, ${ROUNDS} rounds)`,
);
console.log(
  `idle ratio=${(median(ours) / median(peer)).toFixed(3)} kib=${kib(ours)} kib-small-young-space=${kib(small)}`,
);
