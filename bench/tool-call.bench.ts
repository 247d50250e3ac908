// A LangChain tool call through the toolkit against a bare DynamicStructuredTool with the same JSON Schema and the same
// work behind it: what the adapter itself costs. CPU time of this process per call.
import type { Invoker } from '@bonafide/core';
import { findOperation, inputSchemaOf } from '@bonafide/core/operations';
import { BonafideToolkit } from '@bonafide/langchain';
import { DynamicStructuredTool, type StructuredToolInterface } from '@langchain/core/tools';
import { compareCosts, type Side } from './rounds.ts';

const CALLS = 20_000;
const ROUNDS = 15;

const operation = findOperation('agents.find');
if (!operation) throw new Error('agents.find is gone');
const input = { capability: 'csv.clean', limit: 5 };
const output = {
  items: [{ agentId: '0197a000-0000-7000-8000-000000000001', name: 'cleaner', capabilities: ['csv.clean'] }],
};
const agent: Invoker = {
  invoke: async () => output,
  stream: () => {
    throw new Error('not measured');
  },
};

const [ours] = new BonafideToolkit(agent, { operations: [operation.id] }).getTools();
if (!ours) throw new Error('no tool');
const bare = new DynamicStructuredTool({
  name: 'agents_find',
  description: operation.description,
  schema: inputSchemaOf(operation),
  func: async (args) => JSON.stringify(await agent.invoke(operation, args)),
});

function side(name: string, tool: Pick<StructuredToolInterface, 'invoke'>): Side {
  return {
    name,
    async measure() {
      const before = process.cpuUsage();
      for (let call = 0; call < CALLS; call += 1) {
        await tool.invoke({ type: 'tool_call', id: 'c1', name: 'agents_find', args: input });
      }
      const { user, system } = process.cpuUsage(before);
      return (user + system) / CALLS;
    },
  };
}

await compareCosts('tool-call', {
  ours: side('BonafideToolkit tool', ours),
  peer: side('DynamicStructuredTool', bare),
  rounds: ROUNDS,
  unit: 'us/call',
});
