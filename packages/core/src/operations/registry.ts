import { acl } from './acl/index.ts';
import { actions } from './actions/index.ts';
import { agents } from './agents/index.ts';
import { alerts } from './alerts/index.ts';
import { approvals } from './approvals/index.ts';
import { arbitrators } from './arbitrators/index.ts';
import { artifacts } from './artifacts/index.ts';
import { audit } from './audit/index.ts';
import { capabilities } from './capabilities/index.ts';
import { checkpoints } from './checkpoints/index.ts';
import { compliance } from './compliance/index.ts';
import { connections } from './connections/index.ts';
import type { Operation } from './define.ts';
import { disputes } from './disputes/index.ts';
import { events } from './events/index.ts';
import { gateway } from './gateway/index.ts';
import { grants } from './grants/index.ts';
import { identities } from './identities/index.ts';
import { implementations } from './implementations/index.ts';
import { jobs } from './jobs/index.ts';
import { kv } from './kv/index.ts';
import { launches } from './launches/index.ts';
import { mcpServers } from './mcp-servers/index.ts';
import { members } from './members/index.ts';
import { messages } from './messages/index.ts';
import { metrics } from './metrics/index.ts';
import { peers } from './peers/index.ts';
import { policies } from './policies/index.ts';
import { queues } from './queues/index.ts';
import { relay } from './relay/index.ts';
import { reputation } from './reputation/index.ts';
import { services } from './services/index.ts';
import { tasks } from './tasks/index.ts';
import { templates } from './templates/index.ts';
import { tokens } from './tokens/index.ts';
import { treasury } from './treasury/index.ts';
import { trust } from './trust/index.ts';
import { usdc } from './usdc/index.ts';
import { validations } from './validations/index.ts';
import { wallets } from './wallets/index.ts';
import { webhooks } from './webhooks/index.ts';
import { workflows } from './workflows/index.ts';
import { workspaces } from './workspaces/index.ts';

/** Every operation by noun and verb; every surface is a loop over it. */
export const operations = {
  agents,
  actions,
  approvals,
  capabilities,
  policies,
  trust,
  audit,
  compliance,
  alerts,
  mcpServers,
  artifacts,
  jobs,
  usdc,
  reputation,
  wallets,
  disputes,
  arbitrators,
  templates,
  treasury,
  identities,
  validations,
  relay,
  events,
  gateway,
  members,
  tokens,
  workspaces,
  webhooks,
  messages,
  queues,
  kv,
  checkpoints,
  tasks,
  implementations,
  launches,
  workflows,
  metrics,
  services,
  peers,
  acl,
  connections,
  grants,
};

export type Operations = typeof operations;

type Nouns = { [Noun in keyof Operations]: Operations[Noun][keyof Operations[Noun]] };

/** The union of all operations. */
export type AnyOperation = Nouns[keyof Nouns];
export type OperationId = AnyOperation['id'];

/** All operations as a list, in registry order. */
export const operationList: readonly Operation[] = Object.values(operations).flatMap((group) =>
  Object.values<Operation>(group),
);

const byId = new Map(operationList.map((operation) => [operation.id, operation]));

/** The operation with this id, or undefined. */
export function findOperation(id: string): Operation | undefined {
  return byId.get(id);
}
