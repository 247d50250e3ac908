// Tasks that are created, claimed and completed, each step on the disk before it is answered: what one costs of the server's
// CPU. Both sides: 8 producers with 64 creations in flight each, 8 workers that have up to 16 tasks each, payloads of 256
// bytes, in one pool. The peer is BullMQ on Redis with appendfsync always, where only redis-server counts and not its workers,
// which run the half of BullMQ that is not in Lua. Ours checks who may and tells followers each change.
import { randomUUID } from 'node:crypto';
import { decodeFrames, encodeFrame, type GatewayFrame } from '@bonafide/core/protocol';
import { Queue, Worker } from 'bullmq';
import { type BenchGateway, startBenchGateway } from './realtime/gateway-relay.ts';
import { encodeText } from './realtime/web-socket.ts';
import { startRedis } from './redis.ts';
import { measureSides, ratioOf, type Side } from './rounds.ts';

const ROUNDS = 5;
const TASKS = 4000;
const CONNECTIONS = 8;
const IN_FLIGHT = 64;
const AT_ONCE = 16;
const PAYLOAD = { text: 'x'.repeat(245) };

type Call = (op: string, input: object) => Promise<{ tasks: { taskId: string; attempt: number }[] }>;

/** A session that calls operations; what is called in one turn leaves in one frame of the socket. */
async function openCaller(gateway: BenchGateway): Promise<{ call: Call; close(): void }> {
  const socket = await gateway.openSession(randomUUID());
  const waiting = new Map<number, PromiseWithResolvers<Awaited<ReturnType<Call>>>>();
  let calls = 0;
  let queued = '';
  socket.onText((text) => {
    for (const { frame, body } of decodeFrames<GatewayFrame>(text)) {
      if (frame.t === 'problem') throw new Error(JSON.stringify(frame.problem));
      if (frame.t !== 'result') continue;
      waiting.get(frame.n)?.resolve(JSON.parse(body));
      waiting.delete(frame.n);
    }
  });
  return {
    call(op, input) {
      const n = ++calls;
      if (queued === '') {
        setImmediate(() => {
          socket.write(encodeText(queued));
          queued = '';
        });
      }
      queued += encodeFrame({ t: 'call', n, op }, JSON.stringify(input));
      const answer = Promise.withResolvers<Awaited<ReturnType<Call>>>();
      waiting.set(n, answer);
      return answer.promise;
    },
    close: () => socket.close(),
  };
}

async function produce(add: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < TASKS) await add(next++);
  };
  await Promise.all(Array.from({ length: CONNECTIONS * IN_FLIGHT }, lane));
}

function ours(gateway: BenchGateway): Side {
  return {
    name: 'Bonafide, sessions',
    async measure() {
      const open = () => Promise.all(Array.from({ length: CONNECTIONS }, () => openCaller(gateway)));
      const [producers, workers] = [await open(), await open()];
      const before = gateway.cpuSeconds();
      let done = 0;
      const work = async (call: Call) => {
        while (done < TASKS) {
          const { tasks } = await call('tasks.claim', { limit: AT_ONCE, waitSeconds: 1 });
          await Promise.all(
            tasks.map(({ taskId, attempt }) => call('tasks.complete', { taskId, attempt, result: 1 })),
          );
          done += tasks.length;
        }
      };
      const create = { taskType: 'bench', implementation: 'bench', payload: PAYLOAD };
      await Promise.all([
        produce(async (index) => producers[index % CONNECTIONS]?.call('tasks.create', create)),
        ...workers.map(({ call }) => work(call)),
      ]);
      const cost = ((gateway.cpuSeconds() - before) * 1e6) / TASKS;
      for (const { close } of [...producers, ...workers]) close();
      return cost;
    },
  };
}

function peer(redis: Awaited<ReturnType<typeof startRedis>>): Side {
  return {
    name: 'BullMQ on Redis, appendfsync always',
    async measure() {
      const connection = { path: redis.url, maxRetriesPerRequest: null };
      const name = randomUUID();
      const queues = Array.from({ length: CONNECTIONS }, () => new Queue(name, { connection }));
      const over = Promise.withResolvers<void>();
      let done = 0;
      const workers = Array.from(
        { length: CONNECTIONS },
        () => new Worker(name, async () => 1, { connection, concurrency: AT_ONCE, autorun: false }),
      );
      await Promise.all([...queues, ...workers].map((each) => each.waitUntilReady()));
      for (const worker of workers) {
        worker.on('completed', () => {
          done += 1;
          if (done === TASKS) over.resolve();
        });
      }
      const before = redis.cpuSeconds();
      const running = workers.map((worker) => worker.run());
      const add = (index: number) =>
        queues[index % CONNECTIONS]?.add('bench', PAYLOAD, { attempts: 5 }) ?? Promise.resolve();
      await Promise.all([produce(add), over.promise]);
      const cost = ((redis.cpuSeconds() - before) * 1e6) / TASKS;
      await Promise.all(workers.map((worker) => worker.close()));
      await Promise.all(running);
      await queues[0]?.obliterate({ force: true });
      await Promise.all(queues.map((queue) => queue.close()));
      return cost;
    },
  };
}

await using gateway = await startBenchGateway();
await using redis = await startRedis();
const [bonafide, bullmq] = await measureSides([ours(gateway), peer(redis)], {
  rounds: ROUNDS,
  unit: 'us of server CPU a task',
});
if (bonafide === undefined || bullmq === undefined) throw new Error('a side is missing');
// Tasks a server CPU-second, ours over theirs.
console.log(
  `tasks ratio=${ratioOf([bullmq, bonafide])} ours=${Math.round(1e6 / bonafide)}/cpu-s peer=${Math.round(1e6 / bullmq)}/cpu-s`,
);
