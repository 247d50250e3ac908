// Durable messages of 256 bytes, each acknowledged to its sender once it is on disk, to recipients that are away: how many a
// second of the server's CPU. The peer is JetStream with file storage, whose default does not sync each message to disk.
import { startGatewayPublishers, startJetStreamPublishers } from './realtime/publishers.ts';
import { measureThroughput, median, type Pair, type Relay } from './realtime/relay.ts';

const ROUNDS = 5;
const SECONDS = 2;
const PUBLISHERS = 8;
const WINDOW = 64;

await using stack = new AsyncDisposableStack();
const relays: Relay[] = [];
for (const start of [startGatewayPublishers, startJetStreamPublishers]) relays.push(stack.use(await start()));
const samples = relays.map(() => ({ perCpuSecond: [] as number[], perSecond: [] as number[] }));
for (let round = -1; round < ROUNDS; round += 1) {
  for (const [index, relay] of relays.entries()) {
    const pairs: Pair[] = [];
    for (let each = 0; each < PUBLISHERS; each += 1) pairs.push(await relay.openPair(each));
    const throughput = await measureThroughput(relay, { pairs, window: WINDOW, seconds: SECONDS });
    for (const pair of pairs) pair.close();
    if (round < 0) continue;
    samples[index]?.perCpuSecond.push(throughput.perCpuSecond);
    samples[index]?.perSecond.push(throughput.perSecond);
  }
}
const rows = samples.map((each) => ({ cpu: median(each.perCpuSecond), wall: median(each.perSecond) }));
console.table(
  Object.fromEntries(
    relays.map(({ name }, index) => [
      name,
      {
        'acknowledged per server CPU-second': Math.round(rows[index]?.cpu ?? 0),
        'acknowledged per second': Math.round(rows[index]?.wall ?? 0),
      },
    ]),
  ),
);
const [ours, peer] = rows;
const over = (name: 'cpu' | 'wall') =>
  ((ours?.[name] ?? Number.NaN) / (peer?.[name] ?? Number.NaN)).toFixed(3);
console.log(
  `publish ratio=${over('cpu')} wall=${over('wall')} (acknowledged messages over JetStream with file storage)`,
);
