import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BonafideError } from '@bonafide/core/errors';
import { openSession, type Session } from '@bonafide/core/session';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayProcess, startGatewayProcess } from '../../gateway/src/testing/gateway-process.ts';
import { isLinearizable, type Operation } from './linearizability.ts';
import { type KvInput, type KvOutput, kvModel } from './linearizability-kv.ts';

type History = Map<string, Operation<KvInput, KvOutput>[]>;

const KEYS = ['a', 'b', 'c'];
const CLIENTS = 16;

/** What a client is going to do; `atSeen` asks for the version that it saw last. */
const plan = fc.record({
  key: fc.constantFrom(...KEYS),
  kind: fc.constantFrom('get', 'put', 'put', 'increment', 'increment', 'delete'),
  atSeen: fc.boolean(),
});
type Plan = typeof plan extends fc.Arbitrary<infer Value> ? Value : never;

let folder: string;
let gateways: GatewayProcess[];
let token: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-histories-'));
  const first = await startGatewayProcess(folder);
  gateways = [first];
  token = first.ownerToken ?? '';
});
afterEach(async () => {
  for (const gateway of gateways) await gateway.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

/** Sends one operation once; undefined when no answer came. */
async function send(url: string, key: string, input: KvInput): Promise<KvOutput | undefined> {
  const { kind, ...fields } = input;
  const query = new URLSearchParams({ key });
  const paths = { put: 'entry', increment: 'increment', delete: 'delete' };
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ key, ...fields });
  const request =
    kind === 'get'
      ? fetch(`${url}/v1/kv/entry?${query}`, { headers })
      : fetch(`${url}/v1/kv/${paths[kind]}`, { method: 'POST', headers, body });
  const answer = await request.then(
    async (response) => ({ isGood: response.ok, body: await response.json() }),
    () => undefined,
  );
  // A connection that breaks tells nothing of what became of the request.
  return answer && toOutput(kind, answer);
}

// biome-ignore lint/suspicious/noExplicitAny: what came over the wire; anything unexpected fails the check
function toOutput(kind: KvInput['kind'], { isGood, body }: { isGood: boolean; body: any }): KvOutput {
  if (!isGood && body.code === 'CONFLICT') return { kind: 'conflict', version: body.details?.version };
  if (!isGood) throw new Error(JSON.stringify(body));
  if (kind === 'delete') return { kind: 'deleted', isDeleted: body.isDeleted };
  if (kind !== 'get') return { kind: 'written', version: body.version, value: body.value };
  return body.isFound
    ? { kind: 'got', value: body.entry.value, version: body.entry.version }
    : { kind: 'missing' };
}

function toInput({ kind, atSeen }: Plan, seen: number | undefined): KvInput {
  const condition = atSeen && seen !== undefined ? { ifVersion: seen } : {};
  if (kind === 'put') return { kind, value: randomUUID().slice(0, 8), ...condition };
  if (kind === 'increment') return { kind, by: 1 };
  // Version 0 is no version to delete.
  if (kind === 'delete') return { kind, ...(condition.ifVersion === 0 ? {} : condition) };
  return { kind: 'get' };
}

interface Client {
  /** Resolves once there is a gateway that answers. */
  ready(): Promise<unknown>;
  /** Undefined when it is unknown what became of it. */
  send(key: string, input: KvInput): Promise<KvOutput | undefined>;
}

interface Load {
  readonly operations: number;
  readonly clients: readonly Client[];
  /** Called after each operation with how many there were. */
  onProgress(count: number): void;
}

/** Many clients at once on the same few keys; every operation is written down with what its client knows. */
async function runClients({ operations, clients, onProgress }: Load): Promise<History> {
  const history: History = new Map(KEYS.map((key) => [key, []]));
  let count = 0;
  const runClient = async (client: Client, seed: number) => {
    const seen = new Map<string, number>();
    for (const each of fc.sample(plan, { numRuns: operations / clients.length, seed })) {
      await client.ready();
      const input = toInput(each, seen.get(each.key));
      const calledAt = performance.now();
      const output = await client.send(each.key, input);
      const answer = output && { answer: { output, at: performance.now() } };
      history.get(each.key)?.push({ input, calledAt, ...answer });
      if (output && 'version' in output && output.version !== undefined) seen.set(each.key, output.version);
      else if (output?.kind === 'missing' || output?.kind === 'deleted') seen.set(each.key, 0);
      onProgress(++count);
    }
  };
  await Promise.all(clients.map(runClient));
  return history;
}

/** Clients over HTTP; `gatewayOf` says to which gateway each goes now. */
function httpClients(gatewayOf: (client: number) => Promise<GatewayProcess>): Client[] {
  return Array.from({ length: CLIENTS }, (_, client) => ({
    ready: () => gatewayOf(client),
    send: async (key, input) => send((await gatewayOf(client)).url, key, input),
  }));
}

/** A client over a session, which asks again by itself, under the same idempotency key, what was not answered. */
async function sessionClient(url: string, client: number): Promise<Client & AsyncDisposable> {
  const principal = { type: 'user', window: `w${client}` } as const;
  const backoff = { maxRetries: 0, initialBackoffMs: 50, maxBackoffMs: 500 };
  const session = await openSession({ url, token, principal, timeoutMs: 100_000, ...backoff });
  return {
    ready: async () => undefined,
    send: (key, input) => sendOver(session, key, input),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

async function sendOver({ kv }: Session, key: string, input: KvInput): Promise<KvOutput> {
  const { kind, ...fields } = input;
  const calls = { get: kv.get, put: kv.put, increment: kv.increment, delete: kv.delete };
  try {
    // The schema of each operation checks what the plan made.
    const call = calls[kind] as (input: unknown) => Promise<unknown>;
    return toOutput(kind, { isGood: true, body: await call({ key, ...fields }) });
  } catch (error) {
    if (!BonafideError.is(error) || error.code !== 'CONFLICT') throw error;
    const { version } = error.details;
    return typeof version === 'number' ? { kind: 'conflict', version } : { kind: 'conflict' };
  }
}

/** Reads every key once more, so that what was acknowledged last must still be there. */
async function readAll({ url }: GatewayProcess, history: History): Promise<void> {
  for (const key of KEYS) {
    const calledAt = performance.now();
    const output = await send(url, key, { kind: 'get' });
    if (!output) throw new Error('the gateway is running');
    history.get(key)?.push({ input: { kind: 'get' }, calledAt, answer: { output, at: performance.now() } });
  }
}

/** Kills the only gateway and starts another in its place. */
async function restart(): Promise<GatewayProcess> {
  const { port, kill } = sole(0);
  await kill('SIGKILL');
  const gateway = await startGatewayProcess(folder, port);
  gateways[0] = gateway;
  return gateway;
}

function assertLinearizable(history: History): void {
  for (const [key, operations] of history) {
    expect({ key, isLinearizable: isLinearizable(kvModel, operations) }).toEqual({
      key,
      isLinearizable: true,
    });
  }
}

const unknownCount = (history: History) =>
  [...history.values()].flat().filter(({ answer }) => answer === undefined).length;

function sole(index: number): GatewayProcess {
  const gateway = gateways[index];
  if (!gateway) throw new Error('it was started before');
  return gateway;
}

describe('the history of keys is linearizable', () => {
  it('when the gateway is killed in the middle and started again, three times', async () => {
    let running = Promise.resolve(sole(0));
    const history = await runClients({
      operations: 960,
      clients: httpClients(() => running),
      onProgress(count) {
        if ([200, 450, 700].includes(count)) running = restart();
      },
    });
    await readAll(await running, history);
    expect(unknownCount(history)).toBeGreaterThan(0);
    assertLinearizable(history);
  });

  it('over two gateways on one database, one of which is killed and does not come back', async () => {
    gateways.push(await startGatewayProcess(folder));
    let isKilled = false;
    const history = await runClients({
      operations: 960,
      clients: httpClients(async (client) => sole(isKilled ? 0 : client % 2)),
      onProgress(count) {
        if (count !== 480) return;
        isKilled = true;
        void sole(1).kill('SIGKILL');
      },
    });
    await readAll(sole(0), history);
    assertLinearizable(history);
  });
});

describe('the history of keys over sessions', () => {
  it('is linearizable, and every operation is answered, though the gateway is killed twice', async () => {
    await using stack = new AsyncDisposableStack();
    const clients: Client[] = [];
    for (let client = 0; client < CLIENTS; client += 1)
      clients.push(stack.use(await sessionClient(sole(0).url, client)));
    let running = Promise.resolve(sole(0));
    const history = await runClients({
      operations: 480,
      clients,
      onProgress(count) {
        if (count === 150 || count === 300) running = restart();
      },
    });
    await readAll(await running, history);
    expect(unknownCount(history)).toBe(0);
    assertLinearizable(history);
  });
});

describe('a count', () => {
  it('has every acknowledged increment after kills, and no more than were sent', async () => {
    let running = Promise.resolve(sole(0));
    let [acknowledged, unknown] = [0, 0];
    const addOften = async () => {
      for (let index = 0; index < 60; index += 1) {
        const { url } = await running;
        const output = await send(url, 'count', { kind: 'increment', by: 1 });
        if (output) acknowledged += 1;
        else unknown += 1;
        if (acknowledged + unknown === 400) {
          running = restart();
        }
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, addOften));
    const { url } = await running;
    const last = await send(url, 'count', { kind: 'get' });
    const value = last?.kind === 'got' ? Number(last.value) : Number.NaN;
    expect(value).toBeGreaterThanOrEqual(acknowledged);
    expect(value).toBeLessThanOrEqual(acknowledged + unknown);
  });
});
