import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

interface Load {
  readonly operations: number;
  /** The gateway of a client, once there is one that answers. */
  gatewayOf(client: number): Promise<GatewayProcess>;
  /** Called after each operation with how many there were. */
  onProgress(count: number): void;
}

/** Many clients at once on the same few keys; every operation is written down with what its client knows. */
async function runClients({ operations, gatewayOf, onProgress }: Load): Promise<History> {
  const history: History = new Map(KEYS.map((key) => [key, []]));
  let count = 0;
  const runClient = async (client: number) => {
    const seen = new Map<string, number>();
    const plans = fc.sample(plan, { numRuns: operations / CLIENTS, seed: client });
    for (const each of plans) {
      const { url } = await gatewayOf(client);
      const input = toInput(each, seen.get(each.key));
      const calledAt = performance.now();
      const output = await send(url, each.key, input);
      const answer = output && { answer: { output, at: performance.now() } };
      history.get(each.key)?.push({ input, calledAt, ...answer });
      if (output && 'version' in output && output.version !== undefined) seen.set(each.key, output.version);
      else if (output?.kind === 'missing' || output?.kind === 'deleted') seen.set(each.key, 0);
      onProgress(++count);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, client) => runClient(client)));
  return history;
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
    const restart = async () => {
      const { port, kill } = sole(0);
      await kill('SIGKILL');
      gateways[0] = await startGatewayProcess(folder, port);
      return gateways[0];
    };
    const history = await runClients({
      operations: 1600,
      gatewayOf: () => running,
      onProgress(count) {
        if ([300, 700, 1100].includes(count)) running = restart();
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
      operations: 1600,
      gatewayOf: async (client) => sole(isKilled ? 0 : client % 2),
      onProgress(count) {
        if (count !== 800) return;
        isKilled = true;
        void sole(1).kill('SIGKILL');
      },
    });
    await readAll(sole(0), history);
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
          const { port, kill } = sole(0);
          running = kill('SIGKILL').then(async () => {
            gateways[0] = await startGatewayProcess(folder, port);
            return gateways[0];
          });
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
