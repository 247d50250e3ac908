import { isUtf8 } from 'node:buffer';
import { shortTime } from './times.ts';

type Row = Readonly<Record<string, unknown>>;
type Column = readonly [header: string, value: (row: Row) => unknown];

const field = (name: string, header = name): Column => [header, (row) => row[name]];
const share = (name: string): Column => [
  name,
  ({ [name]: value }) => (typeof value === 'number' ? value.toFixed(3) : value),
];

const time = (name: string, header = name): Column => [
  header,
  ({ [name]: value }) => (typeof value === 'string' ? shortTime(value) : value),
];

const nested = (header: string, path: readonly [string, string]): Column => [
  header,
  (row) => (row[path[0]] as Row | undefined)?.[path[1]],
];

/** What people want to see of each list; `--wide` and `--json` show everything. */
const columns: Readonly<Record<string, readonly Column[]>> = {
  'agents.list': [
    field('name'),
    field('agentType', 'type'),
    field('status'),
    field('agentId'),
    time('createdAt', 'registered'),
  ],
  'agents.find': [
    field('name'),
    field('agentType', 'type'),
    field('capabilities'),
    field('isOnline', 'online'),
    field('agentId'),
  ],
  'actions.list': [
    time('createdAt', 'at'),
    field('action'),
    field('risk'),
    field('status'),
    field('rule'),
    field('actionId'),
  ],
  'approvals.list': [
    field('approvalId'),
    field('agentName', 'agent'),
    field('action'),
    field('risk'),
    field('status'),
    time('expiresAt', 'answer by'),
  ],
  'capabilities.list': [
    field('capability'),
    field('resource'),
    field('status'),
    field('agentId'),
    field('capabilityId'),
  ],
  'policies.list': [
    field('version'),
    field('mode'),
    field('isActive', 'active'),
    field('note'),
    field('createdBy', 'by'),
    time('createdAt', 'at'),
  ],
  'trust.history': [time('computedAt', 'at'), share('score'), field('reason')],
  'audit.list': [field('sequence'), time('at'), field('event'), field('actor'), field('subject')],
  'alerts.list': [
    field('severity'),
    field('type'),
    field('title'),
    field('status'),
    time('createdAt', 'at'),
    field('alertId'),
  ],
  'mcpServers.list': [
    field('name'),
    field('status'),
    nested('confidence', ['confidence', 'value']),
    time('checkedAt', 'checked'),
    field('serverId'),
  ],
  'members.list': [field('name'), field('email'), field('role'), field('status'), field('memberId')],
  'tokens.list': [
    field('name'),
    field('role'),
    time('createdAt', 'created'),
    time('expiresAt', 'expires'),
    time('revokedAt', 'revoked'),
    field('tokenId'),
  ],
  'acl.listRules': [
    field('principalType', 'type'),
    field('principalId', 'principal'),
    field('resourceType', 'on'),
    field('resourceId', 'resource'),
    field('level'),
    time('expiresAt', 'expires'),
    field('ruleId'),
  ],
  'acl.listFallbacks': [
    field('principalType', 'type'),
    field('resourceType', 'on'),
    field('level'),
    ['set by', ({ isDefault }) => (isDefault === true ? 'default' : 'an owner')],
  ],
  'grants.list': [
    field('delegate'),
    field('subject', 'for'),
    field('operations'),
    field('level'),
    time('expiresAt', 'expires'),
    time('revokedAt', 'revoked'),
    time('lastUsedAt', 'used'),
    field('grantId'),
  ],
  'workspaces.list': [
    field('name'),
    field('displayName', 'called'),
    field('tenant'),
    time('createdAt', 'made'),
  ],
  'connections.list': [
    field('address'),
    field('transport', 'over'),
    time('connectedAt', 'since'),
    field('sessionId'),
  ],
  'queues.list': [
    field('address'),
    field('isConnected', 'connected'),
    field('pending'),
    time('oldestAt', 'oldest'),
    field('delivered'),
    field('deadLettered', 'dead'),
  ],
  'queues.listDeadLetters': [
    nested('to', ['message', 'to']),
    field('reason'),
    time('at'),
    field('deadLetterId'),
  ],
  'messages.list': [field('sequence'), time('sentAt', 'at'), field('from'), field('kind'), field('body')],
  'peers.list': [field('did'), field('state'), field('path')],
  'kv.list': [field('key'), field('version'), time('updatedAt', 'updated'), field('value')],
  'tasks.list': [
    field('taskType', 'type'),
    field('status'),
    field('attempt'),
    field('assignedTo', 'worker'),
    field('taskId'),
  ],
  'implementations.list': [
    field('implementation'),
    field('profile'),
    field('taskTypes', 'tasks'),
    field('maxInstances', 'at most'),
  ],
  'launches.list': [
    field('implementation'),
    field('status'),
    time('createdAt', 'asked'),
    field('launchId'),
    field('reason'),
  ],
  'workflows.listRules': [
    field('name'),
    nested('event', ['on', 'eventType']),
    field('isEnabled', 'enabled'),
    field('runs'),
    field('ruleId'),
  ],
  'webhooks.list': [field('url'), field('types'), field('webhookId')],
  'webhooks.listDeliveries': [
    field('type'),
    field('status'),
    field('attempts'),
    field('lastStatus', 'answer'),
    time('createdAt', 'at'),
    field('deliveryId'),
  ],
};

const rowsOf = (value: unknown): readonly Row[] => (Array.isArray(value) ? value : []);

function showDetected({ servers, problems }: Row): unknown {
  const found = rowsOf(servers).map(({ name, client, transport, configPath }) => {
    const { command, url } = transport as Row;
    return { name, client, runs: command ?? url, configPath };
  });
  const unusable = rowsOf(problems).map(({ configPath, message }) => ({
    ...{ name: '(problem)', client: '', runs: message, configPath },
  }));
  return { items: [...found, ...unusable] };
}

function ruleLine({ principalType, principalId, resourceType, resourceId, level, ruleId }: Row): string {
  return `${level} for ${principalType} ${principalId} on ${resourceType} ${resourceId} (${ruleId})`;
}

function showExplained({ rule, considered, ...rest }: Row): unknown {
  const lines = rowsOf(considered).map(ruleLine);
  // The one that decided is the first of them.
  return {
    ...rest,
    ...(rule ? { rule: lines[0] } : {}),
    ...(lines.length > 1 ? { over: lines.slice(1) } : {}),
  };
}

/** Text as text; what is none stays as it came. */
function showAnswered({ body, ...rest }: Row): unknown {
  const bytes = Buffer.from(String(body), 'base64');
  return { ...rest, body: isUtf8(bytes) ? bytes.toString() : body };
}

/** Answers that are not a list, and what people want to see of them. */
const shapes: Readonly<Record<string, (output: Row) => unknown>> = {
  'mcpServers.detect': showDetected,
  'acl.explain': showExplained,
  'kv.get': ({ isFound, entry }) => ({ isFound, ...(entry as Row | undefined) }),
  'services.request': showAnswered,
  'tasks.claim': ({ tasks }) => ({ items: tasks }),
};

/** What was just sent need not be shown again. */
const echoes: Readonly<Record<string, string>> = { 'policies.put': 'cedar' };

function withoutEcho(operationId: string, output: unknown): unknown {
  const echo = echoes[operationId];
  if (echo === undefined || typeof output !== 'object' || output === null) return output;
  return Object.fromEntries(Object.entries(output).filter(([name]) => name !== echo));
}

/** The rows of a list with only the columns people look for; unchanged where there is no such choice. */
export function viewOf(operationId: string, output: unknown): unknown {
  const shape = shapes[operationId];
  if (shape) return shape(output as Row);
  const chosen = columns[operationId];
  if (!chosen) return withoutEcho(operationId, output);
  if (typeof output !== 'object' || output === null || !('items' in output)) return output;
  if (!Array.isArray(output.items)) return output;
  const items = output.items.map((row: Row) =>
    Object.fromEntries(chosen.map(([header, value]) => [header, value(row) ?? ''])),
  );
  return { ...output, items };
}
