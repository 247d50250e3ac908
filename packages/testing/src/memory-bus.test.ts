import { createMemoryBus } from '@bonafide/gateway';
import { testBus } from './bus-compliance.ts';

testBus('The memory bus', async () => {
  const bus = createMemoryBus();
  return { here: bus, there: bus, close: async () => undefined };
});
