import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionStatus, capabilityStatus, relayStatus } from '@bonafide/core/models';
import { expect, it } from 'vitest';
import { repositoryRoot } from '../repository.ts';

const page = readFileSync(join(repositoryRoot, 'docs', 'webhooks.md'), 'utf8');
const listed = new Set(
  [...page.slice(page.indexOf('## Event types')).matchAll(/`(\w+\.[a-z-]+)`/g)].map(([, type = '']) => type),
);
const source = globSync('packages/gateway/src/**/*.ts', { cwd: repositoryRoot })
  .filter((file) => !file.includes('.test.') && !file.includes('testing'))
  .map((file) => readFileSync(join(repositoryRoot, file), 'utf8'))
  .join('\n');
const written = new Set(
  [...source.matchAll(/\b(?:type|event): '(\w+\.[a-z-]+)'/g)].map(([, type = '']) => type),
);

/** Only in the audit log, a type of alert, or a type of envelope. */
const noEvents = new Set([
  ...['token.refused', 'job.consent-shared', 'relay.submitted', 'relay.refused', 'mcpServer.checked'],
  ...['mcp.drift', 'trust.low', 'approval.tampered', 'webhook.failing', 'policy.failing'],
  ...['agent.key-rotation', 'mcp.attestation', 'grant.used', 'workflow.failing'],
  ...['session.disconnected', 'session.moved', 'queue.purged', 'queue.redelivered'],
]);
/** Whose last word is a status. */
const byStatus = [
  ...actionStatus.options.map((status) => `action.${status}`),
  ...capabilityStatus.options.map((status) => `capability.${status}`),
  ...relayStatus.options.map((status) => `relay.${status}`),
];

it('the page about webhooks lists every type of event that the gateway writes', () => {
  const missing = [...written, ...byStatus].filter((type) => !listed.has(type) && !noEvents.has(type));
  expect(missing).toEqual([]);
});

it('and none that it does not', () => {
  const quoted = (type: string) => source.includes(`'${type}'`) || byStatus.includes(type);
  // A decision is written as its status.
  const decided = new Set(['approval.approved', 'approval.denied']);
  expect([...listed].filter((type) => !quoted(type) && !decided.has(type))).toEqual([]);
});
