import assert from 'node:assert/strict';
import { tell } from '@bonafide/app-kit';
import type { MetricReport } from '@bonafide/core/models';
import type { Stage } from '../fleet.ts';

const BRIDGE = {
  file: 'bridge',
  role: 'bridge',
  name: 'meter',
  principal: { type: 'metrics-bridge', implementation: 'meter', specifier: 'default' },
} as const;

/** Measurements reach the bridge, typed and raw, also when it was away; it can send nothing. */
export async function metrics(stage: Stage): Promise<void> {
  const first = await stage.startPermitted(BRIDGE);
  const refused = await first.fact('refused');
  assert.deepEqual(refused, {
    send: 'FORBIDDEN',
    event: 'FORBIDDEN',
    metric: 'FORBIDDEN',
    broadcast: 'FORBIDDEN',
  });
  tell('check', 'the bridge was refused to send a message, an event, a measurement and a broadcast');

  const sensor = stage.start({ file: 'sensor', role: 'agent', name: 'sensor' });
  const source = `ag::${stage.workspace}::sensor::default`;
  const typed = await first.fact<MetricReport>('metric');
  assert.equal(typed.source, source);
  assert.deepEqual(
    typed.samples.map(({ name, value }) => [name, value]),
    [
      ['queue_depth', 42],
      ['latency', 1.5],
    ],
  );
  const raw = await first.fact<MetricReport>('metric');
  assert.deepEqual([raw.source, raw.raw], [source, { metric: 'latency', value: 42 }]);

  await first[Symbol.asyncDispose]();
  sensor.send('more');
  await sensor.fact('sent more');
  tell('bridge', 'was away and comes back');
  const second = stage.start(BRIDGE);
  const kept = await second.fact<MetricReport>('metric');
  assert.deepEqual(
    kept.samples.map(({ name, value }) => [name, value]),
    [['queue_depth', 7]],
  );
  tell('check', 'typed and raw arrived, and so did what was measured while nobody listened');
}
