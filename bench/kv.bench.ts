// Puts and gets of 256 bytes on 1,000 keys for each connection: how many a second of the server's CPU. Ours over sessions and
// the peer: 8 connections with 64 in flight each; over HTTP: 50 connections with one. Each of our puts is checked for access,
// gets a version, goes into the log for followers and is on the disk before it is answered. The peer is JetStream KV with file
// storage, whose default does not sync each message to the disk.
import { type KvVerb, openHttp, openSessions, startJetStreamKv } from './kv-stores.ts';
import { startBenchGateway } from './realtime/gateway-relay.ts';
import { measureThroughput, median, type Pair, type Relay } from './realtime/relay.ts';

const ROUNDS = 3;
const SECONDS = 1.2;
const MANY = { connections: 8, window: 64 };
const LONELY = { connections: 50, window: 1 };

async function measure(relay: Relay, { connections, window }: typeof MANY) {
  const pairs: Pair[] = [];
  for (let index = 0; index < connections; index += 1) pairs.push(await relay.openPair(index));
  const throughput = await measureThroughput(relay, { pairs, window, seconds: SECONDS });
  for (const pair of pairs) pair.close();
  return throughput;
}

await using gateway = await startBenchGateway();
await using jetStream = await startJetStreamKv();
const verbs: readonly KvVerb[] = ['put', 'get'];
const sides = verbs.flatMap((verb) => [
  { relay: openSessions(gateway, verb), load: MANY },
  { relay: openHttp(gateway, verb), load: LONELY },
  { relay: jetStream[verb], load: MANY },
]);
const samples = sides.map(() => ({ perCpuSecond: [] as number[], perSecond: [] as number[] }));
for (let round = -1; round < ROUNDS; round += 1) {
  for (const [index, { relay, load }] of sides.entries()) {
    const { perCpuSecond, perSecond } = await measure(relay, load);
    // The first round only warms up.
    if (round < 0) continue;
    samples[index]?.perCpuSecond.push(perCpuSecond);
    samples[index]?.perSecond.push(perSecond);
  }
}
const medians = samples.map(({ perCpuSecond }) => median(perCpuSecond));
console.table(
  Object.fromEntries(
    sides.map(({ relay }, index) => [
      relay.name,
      {
        'per server CPU-second': Math.round(medians[index] ?? Number.NaN),
        'per second': Math.round(median(samples[index]?.perSecond ?? [])),
      },
    ]),
  ),
);
const [put = 0, putHttp = 0, putPeer = 0, get = 0, getHttp = 0, getPeer = 0] = medians;
const over = (ours: number, peer: number): string => (ours / peer).toFixed(3);
console.log(
  `kv ratio=${over(put, putPeer)} get=${over(get, getPeer)} http-put=${over(putHttp, putPeer)} http-get=${over(getHttp, getPeer)} (puts and gets per server CPU-second over JetStream KV)`,
);
