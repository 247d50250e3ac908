import type { OperationId } from '@bonafide/core/operations';
import { describe, expect, it } from 'vitest';
import { useGatewayProcess } from '../testing/gateway-process.ts';
import { newSigner, signed, toAnswer, toRequest } from '../testing/test-gateway.ts';

const SOON = { timeout: 60_000, interval: 100 };

const start = useGatewayProcess();

describe('kill -9 while events are being counted', () => {
  it('counts every event once, however often it is killed', async () => {
    const signer = newSigner();
    let { kill, url, port } = await start();
    const call = async (id: OperationId, input: object = {}) => {
      const request = toRequest(id, { input });
      return toAnswer(await fetch(url + request.path, await signed(url, { sender: { signer }, request })));
    };
    const counted = async (): Promise<number> =>
      (await call('trust.get', { detailed: true })).body.factors.successRate.denominator;
    /** Logs actions without end, as far as the gateway lives. */
    const log = async () => {
      try {
        for (;;) await call('actions.log', { action: 'a.b', outcome: 'executed' });
      } catch {
        // Killed.
      }
    };
    const stored = async () => {
      let count = 0;
      for (let cursor: string | undefined; ; ) {
        const { body } = await call('actions.list', { limit: 100, ...(cursor ? { cursor } : {}) });
        count += body.items.length;
        cursor = body.nextCursor;
        if (!cursor) return count;
      }
    };
    await call('agents.register', { name: 'alice' });
    for (let round = 0; round < 3; round += 1) {
      const before = await counted();
      const logs = [log(), log(), log()];
      // Killed at the moment when the count moves, with more to count already there.
      await expect.poll(counted, { timeout: 60_000, interval: 1 }).toBeGreaterThan(before);
      await kill('SIGKILL');
      await Promise.all(logs);
      ({ kill, url, port } = await start(port));
    }
    const total = await stored();
    expect(total).toBeGreaterThan(3);
    await expect.poll(counted, SOON).toBe(total);
    await kill('SIGKILL');
    ({ url } = await start(port));
    await call('actions.log', { action: 'a.b', outcome: 'failed' });
    await expect.poll(counted, SOON).toBe(total + 1);
  });
});
