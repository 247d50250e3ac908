import { BonafideError } from '@bonafide/core/errors';
import type { Connection as ConnectionRecord, PrincipalAddress } from '@bonafide/core/models';
import type { Context } from '../context.ts';
import type { Transaction } from '../ledger.ts';
import { configOf } from './config.ts';
import { LiveSession } from './live-session.ts';
import { takeAddress } from './presence.ts';
import { homeOf, type KnownPrincipal, movedSeat } from './resolve.ts';

export interface Moved {
  readonly address: string;
  readonly workspace: string;
  readonly epoch: number;
}

/** Takes the session of a call to another workspace, where it is a guest of its acl rules. */
export async function moveSession(context: Context, workspace: string): Promise<Moved> {
  const { session, principal } = context;
  if (!(session instanceof LiveSession) || (principal.kind !== 'agent' && principal.kind !== 'token')) {
    throw new BonafideError('UNSUPPORTED', 'Only a session can move: connect first.');
  }
  if (session.workspace === workspace) return movedOf(session.connection);
  const { record, address } = await context.commit((tx) => take(tx, { session, principal, workspace }));
  session.move({ record, address, config: configOf(context.read, workspace) });
  return movedOf(record);
}

function take(
  tx: Transaction,
  { session, principal, workspace }: { session: LiveSession; principal: KnownPrincipal; workspace: string },
): { readonly record: ConnectionRecord; readonly address: PrincipalAddress } {
  const { tables } = tx;
  const from = session.connection;
  const claim = tables.claims.get(from.workspace, from.address);
  if (!claim) throw new BonafideError('CONFLICT', `${from.address} is no longer held by this session.`);
  const { address, name } = movedSeat(tables, { principal, address: session.address, workspace });
  const { record } = takeAddress(tx, {
    record: { ...from, workspace, address: name },
    isGenerated: claim.isGenerated,
    // Whoever may resume the session may resume it there.
    nextResumeHash: claim.resumeHash,
    resumeToken: undefined,
    takeOver: false,
    isUnheard: () => false,
  });
  tx.audit({
    event: 'session.moved',
    subject: session.sessionId,
    data: { address: name, from: from.workspace, to: workspace, home: homeOf(principal) },
  });
  return { record, address };
}

function movedOf({ address, workspace, epoch }: ConnectionRecord): Moved {
  return { address, workspace, epoch };
}
