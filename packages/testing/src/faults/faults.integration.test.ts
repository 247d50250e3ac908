import { expect, it } from 'vitest';
import { runFaults } from './run-faults.ts';

it('loses nothing that was acknowledged when the gateway is killed under load', async () => {
  const { findings, counts } = await runFaults({ kills: 5 });
  expect(findings).toEqual([]);
  expect(counts).toMatchObject({ messages: { acknowledged: expect.any(Number) } });
}, 300_000);
