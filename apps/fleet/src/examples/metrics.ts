import assert from 'node:assert/strict';
import { tell } from '@bonafide/app-kit';
import type { MetricSample } from '@bonafide/core/models';
import type { Stage } from '../fleet.ts';

interface Measured {
  readonly from: string;
  readonly body: { readonly samples: readonly MetricSample[]; readonly raw?: unknown };
}

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
  const typed = await first.fact<Measured>('metric');
  assert.equal(typed.from, source);
  assert.deepEqual(
    typed.body.samples.map(({ name, value }) => [name, value]),
    [
      ['queue_depth', 42],
      ['latency', 1.5],
    ],
  );
  const raw = await first.fact<Measured>('metric');
  assert.deepEqual([raw.from, raw.body.raw], [source, { metric: 'latency', value: 42 }]);

  await first[Symbol.asyncDispose]();
  sensor.send('more');
  await sensor.fact('sent more');
  tell('bridge', 'was away and comes back');
  const second = stage.start(BRIDGE);
  const kept = await second.fact<Measured>('metric');
  assert.deepEqual(
    kept.body.samples.map(({ name, value }) => [name, value]),
    [['queue_depth', 7]],
  );
  tell('check', 'typed and raw arrived, and so did what was measured while nobody listened');
}
