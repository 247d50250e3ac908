import { type ActionRequest, type Agent, BonafideError } from '@bonafide/core';
import type { PeerIdentity } from '../../connection/connector.ts';

type Outcome = Parameters<Awaited<ReturnType<Agent['authorize']>>['complete']>[0];

/** An agent whose gateway says what a test says; the real one is in the integration test. */
export interface TestAgent extends Pick<Agent, 'authorize' | 'hire'> {
  readonly agents: Agent['agents'];
  readonly record: Agent['record'];
  readonly asked: ActionRequest[];
  readonly outcomes: Outcome[];
  readonly records: Map<string, { did: string; status: string; wallet?: string }>;
}

interface TestAgentOptions {
  readonly authorize?: ((request: ActionRequest, signal: AbortSignal | undefined) => unknown) | undefined;
  readonly knows?: readonly PeerIdentity[];
}

export function createTestAgent({ authorize, knows = [] }: TestAgentOptions = {}): TestAgent {
  const asked: ActionRequest[] = [];
  const outcomes: Outcome[] = [];
  const records = new Map(
    knows.map(
      ({ agentId, did }) => [agentId, { did, status: 'active' }] as [string, { did: string; status: string }],
    ),
  );
  const get = async ({ agentId }: { agentId: string }): Promise<unknown> => {
    const record = records.get(agentId);
    if (!record) throw new BonafideError('NOT_FOUND', 'There is no such agent.');
    return { agentId, ...record };
  };
  return {
    asked,
    outcomes,
    records,
    agents: { get } as unknown as Agent['agents'],
    record: { workspace: 'default' } as Agent['record'],
    hire: async () => {
      throw new BonafideError('UNSUPPORTED', 'There is no chain here.');
    },
    async authorize(request, options) {
      asked.push(request);
      await authorize?.(request, options?.signal);
      const complete = async (outcome: Outcome) => {
        outcomes.push(outcome);
        return {} as never;
      };
      return { actionId: `action-${asked.length}`, parametersDigest: 'digest', complete };
    },
  };
}
