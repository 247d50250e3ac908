// Two peers in two processes over a WebRTC data channel, against the same channel with nothing of ours: signed signals,
// frames that survive a lost connection, executions that both sides have permitted and logged.
import { openBarePair, openOurPair, type PeerPair } from './p2p/pairs.ts';
import { median } from './realtime/relay.ts';

const ROUNDS = 3;
const CONNECTIONS = 10;
const MESSAGES = { count: 10_000, bytes: 1_024 };
const STREAM = { count: 2_048, bytes: 16_384 };
const PINGS = { count: 500, bytes: 1_024 };
const EXECUTIONS = { count: 100, bytes: 1_024 };

type Method = 'send' | 'stream';
type Rates = Record<Method, { perSecond: number[]; perCpuSecond: number[] }>;

const rates = (): Rates => ({
  send: { perSecond: [], perCpuSecond: [] },
  stream: { perSecond: [], perCpuSecond: [] },
});

/** How many of these go from one to the other, a second, and a second of CPU of both. */
async function measureRate(pair: PeerPair, method: Method): Promise<[number, number]> {
  const options = { send: MESSAGES, stream: STREAM }[method];
  const cpu = await pair.cpuSeconds();
  const startedAt = performance.now();
  await pair.caller.call(method, options);
  const seconds = (performance.now() - startedAt) / 1_000;
  return [options.count / seconds, options.count / ((await pair.cpuSeconds()) - cpu)];
}

await using bare = await openBarePair(CONNECTIONS);
await using ours = await openOurPair(CONNECTIONS);
const pairs = [bare, ours].map((pair) => ({ pair, rates: rates(), pings: [] as number[] }));
const gatewayShares: number[] = [];
for (let round = -1; round < ROUNDS; round += 1) {
  for (const { pair, rates, pings } of round % 2 === 0 ? pairs : pairs.toReversed()) {
    for (const method of ['send', 'stream'] as const) {
      const gatewayCpu = ours.gateway.cpuSeconds();
      const startedAt = performance.now();
      const [perSecond, perCpuSecond] = await measureRate(pair, method);
      const share = (ours.gateway.cpuSeconds() - gatewayCpu) / ((performance.now() - startedAt) / 1_000);
      // The first round only warms up.
      if (round < 0) continue;
      rates[method].perSecond.push(perSecond);
      rates[method].perCpuSecond.push(perCpuSecond);
      if (pair === ours) gatewayShares.push(share);
    }
    const times = await pair.caller.call<number[]>('ping', PINGS);
    if (round >= 0) pings.push(median(times));
  }
}
const executionMs = median(await ours.caller.call<number[]>('execute', EXECUTIONS));

const table = pairs.map(({ pair, rates: { send, stream }, pings }) => ({
  name: pair.name,
  'messages of 1 KiB per second': median(send.perSecond),
  'per CPU-second of both': median(send.perCpuSecond),
  'MiB of a stream per second': (median(stream.perSecond) * STREAM.bytes) / 2 ** 20,
  'MiB per CPU-second of both': (median(stream.perCpuSecond) * STREAM.bytes) / 2 ** 20,
  'there and back, ms': median(pings),
  'connect, ms': median(pair.connectMs),
  'KiB per connection, both': pair.bytesPerConnection / 1_024,
}));
console.table(
  table.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'number' ? Number(value.toFixed(2)) : value,
      ]),
    ),
  ),
);
console.log(`an execution with its two permissions, there and back: ${executionMs.toFixed(2)} ms`);
console.log(`gateway while they transfer: ${(100 * median(gatewayShares)).toFixed(2)} % of a core`);

const [bareRow, ourRow] = table;
type Column = Exclude<keyof NonNullable<typeof bareRow>, 'name'>;
const ratio = (column: Column): string =>
  ((ourRow?.[column] ?? Number.NaN) / (bareRow?.[column] ?? Number.NaN)).toFixed(3);
console.log(
  [
    `p2p ratio=${ratio('per CPU-second of both')}`,
    `stream=${ratio('MiB per CPU-second of both')}`,
    `ping=${ratio('there and back, ms')}`,
    `connect=${ratio('connect, ms')}`,
    `memory=${ratio('KiB per connection, both')}`,
    `execution=${executionMs.toFixed(2)}ms`,
    `gateway=${(100 * median(gatewayShares)).toFixed(2)}%`,
  ].join(' '),
);
