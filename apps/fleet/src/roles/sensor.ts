import { stateFact } from '@bonafide/app-kit/role';
import { untilStopped, untilTold } from '../commands.ts';
import { join } from '../join.ts';

await using session = await join();
await session.sendMetric([
  { name: 'queue_depth', value: 42, type: 'gauge' },
  { name: 'latency', value: 1.5, type: 'histogram', unit: 'ms' },
]);
await session.sendMetric({ raw: { metric: 'latency', value: 42 } });
await untilTold('more');
await session.sendMetric({ name: 'queue_depth', value: 7, type: 'gauge' });
stateFact('sent more');
await untilStopped();
