import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OperationId } from '@bonafide/core/operations';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type GatewayProcess, startGatewayProcess } from '../testing/gateway-process.ts';
import { type Body, newSigner, type Sender, signed, toAnswer, toRequest } from '../testing/test-gateway.ts';

const SOON = { timeout: 60_000, interval: 50 };
const ROUNDS = 3;

let folder: string;
let gateways: GatewayProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-rules-'));
  const first = await startGatewayProcess(folder);
  gateways = [first, await startGatewayProcess(folder)];
});
afterEach(async () => {
  for (const gateway of gateways) await gateway.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

async function call(
  which: number,
  { sender, id, input = {} }: { sender: Sender; id: OperationId; input?: Body },
): Promise<Body> {
  const url = gateways[which]?.url ?? '';
  const request = toRequest(id, { input });
  const { status, body } = await toAnswer(
    await fetch(url + request.path, await signed(url, { sender, request })),
  );
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
}

it('a rule runs once for each event, on two gateways of which each is killed again and again', async () => {
  const owner = { token: gateways[0]?.ownerToken ?? '' };
  const agent = { signer: newSigner() };
  await call(0, { sender: agent, id: 'agents.register', input: { name: 'ci' } });
  const actions = [{ do: 'putKey', key: 'seen/{{event.data.n}}', value: '{{event.data.n}}' }];
  const rule = { name: 'once', on: { eventType: 'tick' }, actions };
  await call(0, { sender: owner, id: 'workflows.createRule', input: rule });
  const accepted = new Set<number>();
  let last = 0;
  const emit = async (which: number): Promise<void> => {
    const n = ++last;
    const input = {
      to: 'event::default',
      kind: 'event',
      body: { type: 'tick', data: { n } },
      messageId: `m${n}`,
    };
    await call(which, { sender: agent, id: 'messages.send', input });
    accepted.add(n);
  };
  /** Emits without end, as far as the gateway lives. */
  const emitTo = async (which: number): Promise<void> => {
    try {
      for (let count = 0; count < 60; count++) await emit(which);
    } catch {
      // Killed.
    }
  };
  /** How often the rule wrote for each event. */
  const seen = async (which: number): Promise<ReadonlyMap<number, number>> => {
    const runs = new Map<number, number>();
    for (let cursor: string | undefined; ; ) {
      const input = { prefix: 'seen/', limit: 100, ...(cursor === undefined ? {} : { cursor }) };
      const { items, nextCursor } = await call(which, { sender: owner, id: 'kv.list', input });
      for (const { value, version } of items) runs.set(value, version);
      if (nextCursor === undefined) return runs;
      cursor = nextCursor;
    }
  };
  for (let round = 0; round < ROUNDS; round++) {
    const [killed, other] = round % 2 === 0 ? [0, 1] : [1, 0];
    const before = (await seen(other)).size;
    const emitting = [emitTo(0), emitTo(1)];
    // Killed at a moment when rules run, with more to do already there.
    await expect.poll(async () => (await seen(other)).size, { ...SOON, interval: 1 }).toBeGreaterThan(before);
    await gateways[killed]?.kill('SIGKILL');
    await Promise.all(emitting);
    gateways[killed] = await startGatewayProcess(folder);
  }
  await emit(0);
  await emit(1);
  await expect
    .poll(async () => {
      const runs = await seen(0);
      return [...accepted].filter((n) => !runs.has(n));
    }, SOON)
    .toEqual([]);
  expect(accepted.size).toBeGreaterThan(ROUNDS);
  expect([...(await seen(0))].filter(([, version]) => version !== 1)).toEqual([]);
});
