/** Bytes of a message without what addresses it. */
export const PAYLOAD_BYTES = 256;
export const PAYLOAD = 'x'.repeat(PAYLOAD_BYTES);

/** A sender and the one that gets its messages. */
export interface Pair {
  /** Sends so many messages in one write. */
  send(count: number): void;
  /** Replaces the listener; told how many came, or were acknowledged. */
  onReceived(listener: (count: number) => void): void;
  close(): void;
}

/** A server under measurement. */
export interface Relay extends AsyncDisposable {
  readonly name: string;
  cpuSeconds(): number;
  openPair(index: number): Promise<Pair>;
}

export interface Throughput {
  readonly perCpuSecond: number;
  readonly perSecond: number;
}

/** Keeps `window` messages of each pair in flight for a while, and counts those that arrive. */
export async function measureThroughput(
  relay: Relay,
  {
    pairs,
    window,
    seconds,
  }: { readonly pairs: readonly Pair[]; readonly window: number; readonly seconds: number },
): Promise<Throughput> {
  let arrived = 0;
  let isOver = false;
  for (const pair of pairs) {
    pair.onReceived((count) => {
      arrived += count;
      if (!isOver) pair.send(count);
    });
    pair.send(window);
  }
  await wait(300);
  const cpu = relay.cpuSeconds();
  const startedAt = performance.now();
  const before = arrived;
  await wait(seconds * 1000);
  const count = arrived - before;
  const elapsed = (performance.now() - startedAt) / 1000;
  const used = relay.cpuSeconds() - cpu;
  isOver = true;
  await settle(() => arrived);
  return { perCpuSecond: count / used, perSecond: count / elapsed };
}

/** Waits until nothing arrives any more. */
async function settle(read: () => number): Promise<void> {
  for (let last = -1; last !== read(); ) {
    last = read();
    await wait(100);
  }
}

export interface Latencies {
  /** Microseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Sends so many messages a second, spread over the pairs, one in flight for each. */
export async function measureLatency({
  pairs,
  perSecond,
  seconds,
}: {
  readonly pairs: readonly Pair[];
  readonly perSecond: number;
  readonly seconds: number;
}): Promise<Latencies> {
  const sentAt = pairs.map(() => 0);
  const latencies: number[] = [];
  for (const [index, pair] of pairs.entries()) {
    pair.onReceived(() => {
      latencies.push((performance.now() - (sentAt[index] ?? 0)) * 1000);
      sentAt[index] = 0;
    });
  }
  const startedAt = performance.now();
  let sent = 0;
  while (performance.now() - startedAt < seconds * 1000) {
    const due = ((performance.now() - startedAt) / 1000) * perSecond;
    for (; sent < due; sent += 1) {
      const index = sent % pairs.length;
      if (sentAt[index] !== 0) continue;
      sentAt[index] = performance.now();
      pairs[index]?.send(1);
    }
    await wait(1);
  }
  await wait(200);
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}
