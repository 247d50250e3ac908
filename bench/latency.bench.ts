// How long a message of 256 bytes takes from one connection to another at 1,000 messages a second over 20 pairs.
import { startGatewayRelay } from './realtime/gateway-relay.ts';
import { startNatsRelay, startPlainWs } from './realtime/peers.ts';
import { measureLatency, median, type Pair, type Relay } from './realtime/relay.ts';

const ROUNDS = 5;
const PAIRS = 20;

await using stack = new AsyncDisposableStack();
const relays: Relay[] = [];
for (const start of [startGatewayRelay, startPlainWs, startNatsRelay]) relays.push(stack.use(await start()));
const pairs: Pair[][] = [];
for (const relay of relays) {
  const opened: Pair[] = [];
  for (let index = 0; index < PAIRS; index += 1) opened.push(await relay.openPair(index));
  pairs.push(opened);
}
const samples = relays.map(() => ({ p50: [] as number[], p99: [] as number[] }));
for (let round = -1; round < ROUNDS; round += 1) {
  for (const index of relays.keys()) {
    const { p50, p99 } = await measureLatency({ pairs: pairs[index] ?? [], perSecond: 1000, seconds: 2 });
    if (round < 0) continue;
    samples[index]?.p50.push(p50);
    samples[index]?.p99.push(p99);
  }
}
for (const opened of pairs.flat()) opened.close();
const rows = samples.map(({ p50, p99 }) => ({ p50: median(p50), p99: median(p99) }));
console.table(
  Object.fromEntries(
    relays.map(({ name }, index) => [
      name,
      { 'p50, us': Math.round(rows[index]?.p50 ?? 0), 'p99, us': Math.round(rows[index]?.p99 ?? 0) },
    ]),
  ),
);
const over = (peer: number, name: 'p50' | 'p99') =>
  ((rows[0]?.[name] ?? Number.NaN) / (rows[peer]?.[name] ?? Number.NaN)).toFixed(3);
console.log(
  `latency ratio=${over(2, 'p50')} p99=${over(2, 'p99')} (over nats-server; over ws ${over(1, 'p50')} and ${over(1, 'p99')})`,
);
