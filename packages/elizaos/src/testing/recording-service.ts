import type { Agent } from '@bonafide/core';
import { type Operation, parseInput } from '@bonafide/core/operations';
import type { IAgentRuntime } from '@elizaos/core';
import { BonafideService } from '../service.ts';

export interface Call {
  readonly id: string;
  readonly input: unknown;
}

/** The far side answers what the test says; validation is the operations' own. */
export function recordingService(calls: Call[], answer: (call: Call) => unknown): typeof BonafideService {
  async function invoke(operation: Operation, input: unknown): Promise<unknown> {
    const call = { id: operation.id, input: parseInput(operation, input) };
    calls.push(call);
    return answer(call);
  }
  return class extends BonafideService {
    static override async start(runtime: IAgentRuntime): Promise<BonafideService> {
      return new this(runtime);
    }
    override async connect(): Promise<Agent> {
      return { invoke } as unknown as Agent;
    }
  };
}
