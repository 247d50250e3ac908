import { BonafideError } from '@bonafide/core/errors';
import { name as workspaceName } from '@bonafide/core/models';
import type { Ledger } from '../ledger.ts';
import { addMember, auditMember } from '../members/members.ts';
import { createToken } from '../tokens/tokens.ts';
import { CHAIN_WORKSPACE } from './names.ts';

/** Makes a workspace with its first owner token, shown only here; CONFLICT when it has an owner. */
export async function createWorkspace(name: string, ledger: Ledger): Promise<{ ownerToken: string }> {
  if (!workspaceName.safeParse(name).success || name === CHAIN_WORKSPACE) {
    throw new BonafideError('VALIDATION_FAILED', `A workspace cannot be named '${name}'.`);
  }
  const { secret } = await ledger.commit({ workspace: name, actor: 'system' }, (tx) => {
    if (tx.tables.tokens.getActiveOwner(name, tx.now)) {
      throw new BonafideError('CONFLICT', `The workspace ${name} has an owner already.`);
    }
    const member = addMember(tx, { name: 'First owner', role: 'owner', status: 'active' });
    // Told to the log alone: nobody can be following the workspace yet.
    auditMember(tx, { member, event: 'member.joined' });
    return createToken(tx, { name: 'first owner', role: 'owner', member });
  });
  return { ownerToken: secret };
}
