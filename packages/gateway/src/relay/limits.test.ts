import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { defaultRelayLimits } from './rules.ts';

const snapshot: Record<string, string> = JSON.parse(
  readFileSync(new URL('../../../contracts/snapshots/gas.json', import.meta.url), 'utf8'),
);

it('leaves every call three times the gas it takes, and nobody much more', () => {
  const steps = Object.entries(snapshot).filter(([name]) => !name.startsWith('path'));
  const most = Math.max(...steps.map(([, gas]) => Number(gas)));
  expect(steps.length).toBeGreaterThan(10);
  expect(Number(defaultRelayLimits.maxGas)).toBeGreaterThan(3 * most);
  expect(Number(defaultRelayLimits.maxGas)).toBeLessThan(12 * most);
});
