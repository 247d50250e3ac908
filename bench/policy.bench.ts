// One decision of the gateway's engine (capabilities, trust, settings and the policy in force read from SQLite, then
// Cedar) against one bare call of Cedar's engine with the default policies. CPU time of this process per decision; the
// engine remembers answers, so it is measured with questions it has seen and with questions it has not.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentRecord } from '@bonafide/core/models';
import { type ActionPolicy, createActionPolicy, openSqliteStore, type Store } from '@bonafide/gateway';
import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { measureSides, ratioOf, type Side } from './rounds.ts';

const DECISIONS = 5000;
const ROUNDS = 11;

const agent: AgentRecord = {
  ...{ agentId: '0197a000-0000-7000-8000-000000000001', workspace: 'default', name: 'exporter' },
  ...{ did: 'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp', previousDids: [] },
  ...{ agentType: 'ai_agent', description: '', capabilities: [], status: 'active', isListed: false },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' },
};

// Speaks of a parameter, so that a new value is a new question.
const rowLimit = `@id("row-limit")
forbid (principal, action, resource)
when { context.parameters has rows && context.parameters.rows > 1000000000 }
unless { context.approved };`;

async function openPolicy(): Promise<ActionPolicy> {
  return createActionPolicy({ operatorPolicy: rowLimit, approvalTtlMs: 1000, now: Date.now });
}

async function cpuPerCall(call: (index: number) => boolean): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < DECISIONS; index += 1) {
    if (!call(index)) throw new Error('not approved');
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / DECISIONS;
}

function engineSide(
  name: string,
  { policy, store, rows }: { policy: ActionPolicy; store: Store; rows: () => number },
): Side {
  const reader = { tables: store.read, workspace: 'default' };
  const question = { agent, action: 'reports.export', requestedRisk: 'low', resource: 'reports' } as const;
  return {
    name,
    measure: () =>
      cpuPerCall(
        () => policy.decide(reader, { ...question, parameters: { rows: rows() } }).status === 'approved',
      ),
  };
}

function bareSide(policies: string): Side {
  preparsePolicySet('bare', { staticPolicies: policies });
  const principal = { type: 'Agent', id: agent.agentId };
  const resource = { type: 'Operation', id: 'reports.export' };
  const trust = { __extn: { fn: 'decimal', arg: '0.7500' } };
  return {
    name: 'bare statefulIsAuthorized, called once',
    measure: () =>
      cpuPerCall((index) => {
        const answer = statefulIsAuthorized({
          ...{ principal, resource, action: { type: 'Action', id: 'run' }, preparsedPolicySetId: 'bare' },
          context: { risk: 'low', approved: false, hasCapability: false, parameters: { rows: index } },
          entities: [
            { uid: principal, attrs: { trust }, parents: [] },
            { uid: resource, attrs: {}, parents: [] },
          ],
        });
        return answer.type === 'success' && answer.response.decision === 'allow';
      }),
  };
}

const folder = await mkdtemp(join(tmpdir(), 'bonafide-bench-'));
const store = openSqliteStore(join(folder, 'policy.db'));
try {
  const policy = await openPolicy();
  let fresh = 0;
  const [known, unknown, bare] = await measureSides(
    [
      engineSide('decision, remembered', { policy, store, rows: () => 1 }),
      engineSide('decision, not remembered', { policy, store, rows: () => ++fresh }),
      bareSide(policy.everywhere),
    ],
    { rounds: ROUNDS, unit: 'us of CPU' },
  );
  if (known === undefined || unknown === undefined || bare === undefined)
    throw new Error('a side is missing');
  console.log(`policy ratio=${ratioOf([known, bare])} not-remembered=${ratioOf([unknown, bare])}`);
} finally {
  await store.close();
  await rm(folder, { recursive: true });
}
