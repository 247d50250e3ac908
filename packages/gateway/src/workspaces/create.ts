import { BonafideError } from '@bonafide/core/errors';
import { type Member, type Workspace, name as workspaceName } from '@bonafide/core/models';
import type { Ledger, Transaction } from '../ledger.ts';
import { addMember, auditMember } from '../members/members.ts';
import { createToken } from '../tokens/tokens.ts';
import { CHAIN_WORKSPACE, DEFAULT_WORKSPACE } from './names.ts';
import { tenantOf } from './tenant.ts';
import { getWorkspace } from './workspaces.ts';

/** Closed ones included: names are shared by all tenants of the gateway. */
const MAX_OF_TENANT = 1000;

/** Makes the root of a new tenant with its first owner token, shown only here; CONFLICT when it has an owner. */
export async function createWorkspace(name: string, ledger: Ledger): Promise<{ ownerToken: string }> {
  assertName(name, [CHAIN_WORKSPACE]);
  return ledger.commit({ workspace: name, actor: 'system' }, (tx) => {
    if (tx.tables.workspaces.getClosedAt(name) !== undefined) throw taken(name);
    if (tx.tables.tokens.getActiveOwner(name, tx.now)) {
      throw new BonafideError('CONFLICT', `The workspace ${name} has an owner already.`);
    }
    return { ownerToken: addOwner(tx, { name: 'First owner' }) };
  });
}

export interface NewChild {
  readonly name: string;
  readonly displayName?: string | undefined;
  /** Who makes it, and becomes its owner. */
  readonly by: Pick<Member, 'name' | 'email'>;
}

/** Makes a workspace of the same tenant with its owner token, shown only here; CONFLICT when the name is or was taken. */
export function createChildWorkspace(
  tx: Transaction,
  { name, displayName, by }: NewChild,
): Workspace & { ownerToken: string } {
  const { workspaces } = tx.tables;
  // Where agents land that come without a token must not be somebody's who was quick.
  assertName(name, [CHAIN_WORKSPACE, DEFAULT_WORKSPACE]);
  if (workspaces.getTenant(name) !== undefined) throw taken(name);
  const tenant = tenantOf(tx.tables, tx.workspace);
  if (workspaces.getCountOfTenant(tenant) >= MAX_OF_TENANT) {
    throw new BonafideError('LIMIT_EXCEEDED', `A tenant makes at most ${MAX_OF_TENANT} workspaces.`);
  }
  const createdAt = tx.now;
  workspaces.insert({ name, tenant, createdAt, ...(displayName === undefined ? {} : { displayName }) });
  const child = tx.within(name);
  const ownerToken = addOwner(child, by);
  tx.record({ type: 'workspace.created', subject: name, data: { name, tenant } });
  return { ...getWorkspace(child), ownerToken };
}

function addOwner(tx: Transaction, { name, email }: NewChild['by']): string {
  const member = addMember(tx, { name, email, role: 'owner', status: 'active' });
  // Told to the log alone: nobody can be following the workspace yet.
  auditMember(tx, { member, event: 'member.joined' });
  return createToken(tx, { name: 'first owner', role: 'owner', member }).secret;
}

function assertName(name: string, reserved: readonly string[]): void {
  if (workspaceName.safeParse(name).success && !reserved.includes(name)) return;
  throw new BonafideError('VALIDATION_FAILED', `A workspace cannot be named '${name}'.`);
}

function taken(name: string): BonafideError {
  return new BonafideError('CONFLICT', `The name ${name} is or was that of a workspace.`);
}
