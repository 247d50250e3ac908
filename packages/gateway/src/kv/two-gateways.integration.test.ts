import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OperationId } from '@bonafide/core/operations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayProcess, startGatewayProcess } from '../testing/gateway-process.ts';
import { type Body, signed, toAnswer, toRequest } from '../testing/test-gateway.ts';

/** Two processes on one database file, as behind a load balancer. */
let folder: string;
let gateways: GatewayProcess[];
let sender: { token: string };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-kv-two-'));
  const first = await startGatewayProcess(folder);
  sender = { token: first.ownerToken ?? '' };
  gateways = [first, await startGatewayProcess(folder)];
});
afterAll(async () => {
  for (const gateway of gateways) await gateway.kill('SIGTERM');
  await rm(folder, { recursive: true });
});

async function call(which: number, id: OperationId, input: Body): Promise<Body> {
  const url = gateways[which % gateways.length]?.url ?? '';
  const request = toRequest(id, { input });
  return (await toAnswer(await fetch(url + request.path, await signed(url, { sender, request })))).body;
}

const atOnce = (count: number, make: (index: number) => Promise<Body>): Promise<Body[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

describe('two gateways on one database', () => {
  it.each([0, 1])('let exactly one of fifty write a key that has version %i', async (ifVersion) => {
    const key = `race-${ifVersion}`;
    if (ifVersion > 0) await call(0, 'kv.put', { key, value: 'before' });
    const answers = await atOnce(50, (index) => call(index, 'kv.put', { key, value: index, ifVersion }));
    const winner = answers.findIndex(({ code }) => code === undefined);
    expect(answers.filter(({ code }) => code === 'CONFLICT')).toHaveLength(49);
    for (const which of [0, 1]) expect((await call(which, 'kv.get', { key })).entry.value).toBe(winner);
  });

  it('count every increment once, and never beyond a bound', async () => {
    const answers = await atOnce(60, (index) => call(index, 'kv.increment', { key: 'seats', atMost: 40 }));
    const applied = answers.filter(({ isApplied }) => isApplied).map(({ value }) => value);
    expect(applied.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  });

  it('let exactly one of fifty save a checkpoint at a version', async () => {
    const answers = await atOnce(50, (index) =>
      call(index, 'checkpoints.save', { data: index, ifVersion: 0 }),
    );
    expect(answers.filter(({ code }) => code === 'CONFLICT')).toHaveLength(49);
    const { data, checkpoint } = await call(1, 'checkpoints.load', {});
    expect(answers[data]).toEqual(checkpoint);
  });
});
