import { BonafideError, ValidationError } from '@bonafide/core/errors';
import { revokeAgent } from '../agents/agents.ts';
import type { Transaction } from '../ledger.ts';
import { changeMember } from '../members/members.ts';
import { everyItem } from '../paging.ts';
import type { Place } from '../sessions/place.ts';
import { revokeToken } from '../tokens/tokens.ts';
import { deleteWebhook } from '../webhooks/webhooks.ts';
import { DEFAULT_WORKSPACE } from './names.ts';
import { assertMayClose } from './siblings.ts';

export interface Closing {
  readonly name: string;
  /** The name once more. */
  readonly confirm: string;
  readonly by: Place;
}

/**
 * Closes a workspace for good: nobody comes in any more, and what its principals left with each other is removed. The log
 * stays, and so does the name. False when it was closed before.
 */
export function closeWorkspace(tx: Transaction, { name, confirm, by }: Closing): { isDeleted: boolean } {
  const { tables } = tx;
  assertMayClose(tables, by, name);
  if (tables.workspaces.getClosedAt(name) !== undefined) return { isDeleted: false };
  assertConfirmed(name, confirm);
  if (name === DEFAULT_WORKSPACE) {
    throw new BonafideError('CONFLICT', `Agents without a token come to ${name}, so it cannot be closed.`);
  }
  if (tables.workspaces.listOfTenant(name).some((each) => each.name !== name)) {
    throw new BonafideError('CONFLICT', `Close the workspaces that were made beside ${name} first.`);
  }
  const closed = tx.within(name);
  closeDoors(closed);
  tables.workspaceData.forget(name);
  tables.workspaces.close(name, tx.now);
  closed.record({ type: 'workspace.closed', subject: name, data: { name } });
  if (name !== tx.workspace) tx.record({ type: 'workspace.closed', subject: name, data: { name } });
  return { isDeleted: true };
}

/** Ends every credential, every invitation and all that goes out. */
function closeDoors(tx: Transaction): void {
  const { tables, workspace } = tx;
  const reason = 'The workspace was closed.';
  const tokens = everyItem({
    read: ({ beyond, limit }) => tables.tokens.list(workspace, { before: beyond, limit }),
    keyOf: ({ tokenId }) => tokenId,
  });
  for (const { tokenId, revokedAt } of tokens) if (revokedAt === undefined) revokeToken(tx, tokenId);
  const members = everyItem({
    read: ({ beyond, limit }) => tables.members.list(workspace, { before: beyond, limit }),
    keyOf: ({ memberId }) => memberId,
  });
  for (const member of members) {
    if (member.status === 'removed') continue;
    changeMember(tx, { member, change: { status: 'removed' }, event: 'member.removed', data: { reason } });
  }
  const agents = everyItem({
    read: ({ beyond, limit }) =>
      tables.agents.list({ workspace, status: 'active' }, { before: beyond, limit }),
    keyOf: ({ agentId }) => agentId,
  });
  for (const { agentId } of agents) revokeAgent(tx, { agentId, reason });
  // Few, and read at once: they are removed meanwhile.
  for (const { webhookId } of tables.webhooks.list(workspace, { limit: 100 })) deleteWebhook(tx, webhookId);
}

function assertConfirmed(name: string, confirm: string): void {
  if (confirm === name) return;
  throw new ValidationError('Say the name of the workspace twice to close it for good.', {
    issues: [{ path: 'confirm', message: `must be ${name}` }],
  });
}
