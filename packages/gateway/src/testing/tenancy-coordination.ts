import type { IdsOf } from '../handlers/types.ts';
import type { Body, Sender } from './test-gateway.ts';
import type { Ids } from './worlds.ts';

/**
 * What an operation is asked in the matrix of tenants, and what it must answer about the things of another workspace:
 * `hidden` names one of them and must not find it; `own` names none and must show only the caller's own; `shared` is
 * about what everybody may see: the chain, and the gateway itself.
 */
export interface TenancyCase {
  readonly about: 'hidden' | 'own' | 'shared';
  readonly input?: (ids: Ids, sender: Sender) => Body | Promise<Body>;
}

type Nouns =
  | 'messages'
  | 'queues'
  | 'kv'
  | 'checkpoints'
  | 'tasks'
  | 'implementations'
  | 'launches'
  | 'workflows'
  | 'metrics'
  | 'services'
  | 'acl'
  | 'connections'
  | 'grants';
type Id =
  | { [Noun in Nouns]: IdsOf<Noun> }[Nouns]
  | 'workspaces.create'
  | 'workspaces.list'
  | 'workspaces.delete'
  | 'workspaces.switch';

const own = (input: Body = {}): TenancyCase => ({ about: 'own', input: () => input });
const hidden = (input: Body = {}): TenancyCase => ({ about: 'hidden', input: () => input });

const SOME_ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const address = 'ag::default::nobody::default';
const lease = { taskId: SOME_ID, attempt: 1 };
const trigger = { eventType: 'a.b' };
const actions = [{ do: 'putKey', key: 'x', value: 1 }];

export const coordinationCases: { readonly [Key in Id]: TenancyCase } = {
  'messages.send': own({ to: address, body: 1 }),
  'messages.broadcast': own({ to: 'ga::default', body: 1 }),
  'messages.list': own(),
  'messages.acknowledge': own({ sequences: [1] }),
  'messages.watch': own(),
  'queues.list': own(),
  'queues.get': hidden({ address }),
  'queues.purge': hidden({ address, reason: 'why' }),
  'queues.listDeadLetters': own(),
  'queues.redeliver': hidden({ deadLetterId: SOME_ID }),
  'kv.get': own({ key: 'k' }),
  'kv.put': own({ key: 'k', value: 1 }),
  'kv.list': own(),
  'kv.delete': own({ key: 'k' }),
  'kv.increment': own({ key: 'n' }),
  'kv.watch': own(),
  'checkpoints.save': own({ data: 1 }),
  'checkpoints.load': own(),
  'checkpoints.list': own(),
  'checkpoints.delete': own(),
  'tasks.create': own({ taskType: 'a', mode: 'pool' }),
  'tasks.get': hidden({ taskId: SOME_ID }),
  'tasks.list': own(),
  'tasks.claim': own(),
  'tasks.extendLease': hidden(lease),
  'tasks.reportProgress': hidden({ ...lease, progress: {} }),
  'tasks.complete': hidden(lease),
  'tasks.fail': hidden({ ...lease, error: 'x' }),
  'tasks.cancel': hidden({ taskId: SOME_ID }),
  'tasks.retry': hidden({ taskId: SOME_ID }),
  'tasks.pause': hidden({ taskId: SOME_ID }),
  'tasks.resume': hidden({ taskId: SOME_ID }),
  'tasks.watch': hidden({ taskId: SOME_ID }),
  'implementations.put': own({ implementation: 'x', profile: 'local' }),
  'implementations.list': own(),
  'implementations.delete': own({ implementation: 'x' }),
  'launches.list': own(),
  'launches.reportFailure': hidden({ launchId: SOME_ID, reason: 'x' }),
  'workflows.createRule': own({ name: 'x', on: trigger, actions }),
  'workflows.updateRule': {
    about: 'hidden',
    input: ({ workflowRuleId: ruleId }) => ({ ruleId, name: 'y' }),
  },
  'workflows.deleteRule': { about: 'own', input: ({ workflowRuleId: ruleId }) => ({ ruleId }) },
  'workflows.listRules': own(),
  'workflows.testRule': own({ rule: { on: trigger, actions }, event: { type: 'a.b' } }),
  'metrics.report': own({ samples: [{ name: 'x', value: 1 }] }),
  'metrics.watch': own(),
  'services.request': hidden({ to: 'sv::memory::default', path: '/' }),
  'acl.createRule': own({
    ...{ principalType: 'agent', principalId: '*', resourceType: 'kv', resourceId: 'x/*', level: 10 },
  }),
  'acl.listRules': own(),
  'acl.deleteRule': { about: 'own', input: ({ aclRuleId }) => ({ ruleId: aclRuleId }) },
  'acl.setFallback': own({ principalType: 'bridge', resourceType: 'kv', level: 0 }),
  'acl.listFallbacks': own(),
  'acl.explain': own({ principal: address, resourceType: 'workspace', resourceId: 'default' }),
  'connections.list': own(),
  'connections.disconnect': hidden({ sessionId: SOME_ID, reason: 'x' }),
  'grants.create': {
    about: 'own',
    input: ({ memberId, agentId }) => ({
      ...{ subject: memberId, delegate: agentId, operations: ['kv.get'] },
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    }),
  },
  'grants.list': own(),
  'grants.revoke': { about: 'hidden', input: ({ grantId }) => ({ grantId }) },
  'workspaces.create': { about: 'own', input: () => ({ name: `w-${crypto.randomUUID()}` }) },
  'workspaces.list': own(),
  'workspaces.delete': {
    about: 'hidden',
    input: ({ workspace: name }) => ({ name, confirm: name }),
  },
  // A request is no session, so whoever asks learns nothing about any workspace; sessions/move.test.ts has the sessions.
  'workspaces.switch': own({ workspace: 'victim' }),
};
