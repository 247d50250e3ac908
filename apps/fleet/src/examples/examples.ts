import type { Stage } from '../fleet.ts';
import { agent } from './agent.ts';
import { concurrent } from './concurrent.ts';
import { context } from './context.ts';
import { metrics } from './metrics.ts';
import { orchestrator } from './orchestrator.ts';
import { pool } from './pool.ts';
import { workflow } from './workflow.ts';

interface Example {
  readonly title: string;
  play(stage: Stage): Promise<void>;
}

export const examples = {
  agent: { title: 'messages, keys, tasks and a state that survives', play: agent },
  orchestrator: { title: 'an agent that is away is started when work comes', play: orchestrator },
  workflow: { title: 'a rule and an engine act on events', play: workflow },
  metrics: { title: 'a bridge receives measurements and sends nothing', play: metrics },
  concurrent: { title: 'many sessions talk at once', play: concurrent },
  context: { title: 'the connection is the lock', play: context },
  pool: { title: 'ten workers, two are killed, all work is done', play: pool },
} as const satisfies Readonly<Record<string, Example>>;

export type ExampleName = keyof typeof examples;

export function isExampleName(name: string): name is ExampleName {
  return Object.hasOwn(examples, name);
}
