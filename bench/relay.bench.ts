// Messages of 256 bytes from one connection to another, through one server process: how many a second of its CPU. Ours are
// authenticated, permitted and stamped with their sender; the peers only pass them on. Batched: 8 pairs with 64 in flight
// each; not batched: 50 pairs with one.
import { startGatewayRelay } from './realtime/gateway-relay.ts';
import { startNatsRelay, startPlainWs, startSocketIo } from './realtime/peers.ts';
import { measureThroughput, median, type Pair, type Relay } from './realtime/relay.ts';

const ROUNDS = 5;
const SECONDS = 1.5;
const LOADS = [
  { name: 'batched', pairs: 8, window: 64 },
  { name: 'not batched', pairs: 50, window: 1 },
] as const;

async function openPairs(relay: Relay, count: number): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let index = 0; index < count; index += 1) pairs.push(await relay.openPair(index));
  return pairs;
}

await using stack = new AsyncDisposableStack();
const relays: Relay[] = [];
for (const start of [startGatewayRelay, startPlainWs, startSocketIo, startNatsRelay])
  relays.push(stack.use(await start()));

const toNats: string[] = [];
for (const { name, pairs: count, window } of LOADS) {
  const samples = relays.map(() => ({ perCpuSecond: [] as number[], perSecond: [] as number[] }));
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [index, relay] of relays.entries()) {
      const pairs = await openPairs(relay, count);
      const { perCpuSecond, perSecond } = await measureThroughput(relay, { pairs, window, seconds: SECONDS });
      for (const pair of pairs) pair.close();
      // The first round only warms up.
      if (round < 0) continue;
      samples[index]?.perCpuSecond.push(perCpuSecond);
      samples[index]?.perSecond.push(perSecond);
    }
  }
  const medians = samples.map(({ perCpuSecond }) => median(perCpuSecond));
  const [ours = Number.NaN] = medians;
  console.log(`${name}: ${count} pairs, ${window} in flight each, ${ROUNDS} rounds`);
  console.table(
    Object.fromEntries(
      relays.map((relay, index) => [
        relay.name,
        {
          'messages per server CPU-second': Math.round(medians[index] ?? Number.NaN),
          'messages per second': Math.round(median(samples[index]?.perSecond ?? [])),
          'ours over it': Number((ours / (medians[index] ?? Number.NaN)).toFixed(3)),
        },
      ]),
    ),
  );
  toNats.push((ours / (medians[3] ?? Number.NaN)).toFixed(3));
}
console.log(
  `relay ratio=${toNats[0]} not-batched=${toNats[1]} (messages per server CPU-second over nats-server)`,
);
