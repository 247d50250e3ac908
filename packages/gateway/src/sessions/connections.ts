import { BonafideError } from '@bonafide/core/errors';
import type { Connection, PrincipalType } from '@bonafide/core/models';
import { canonicalAddress } from '@bonafide/core/models';
import { toProblem } from '@bonafide/core/problem';
import type { Context } from '../context.ts';
import type { Transaction } from '../ledger.ts';
import { type PageInput, readPage } from '../paging.ts';
import { orderEnd } from './end-order.ts';
import { isGatewayAlive, livingAt } from './liveness.ts';

export interface ConnectionFilter extends PageInput {
  readonly address?: string | undefined;
  readonly principalType?: PrincipalType | undefined;
}

/** The live sessions that work in the caller's workspace, on all gateways, newest first. */
export function listConnections(
  { read, workspace, services }: Context,
  { address, principalType, ...input }: ConnectionFilter,
) {
  const query = {
    ...{ workspace, principalType, nowMs: livingAt(read, services.now()) },
    address: address === undefined ? undefined : canonicalAddress(address),
  };
  return readPage({
    input,
    read: ({ beyond, limit }) => read.sessions.list(query, { before: beyond, limit }),
    keyOf: ({ sessionId }) => sessionId,
  });
}

export interface Disconnection {
  readonly sessionId: string;
  readonly reason: string;
  readonly isGraceful: boolean;
}

/** Ends a session of the caller's workspace, on whichever gateway it is. */
export async function disconnect(context: Context, order: Disconnection): Promise<Connection> {
  const { services } = context;
  const connection = await context.commit((tx) => noteDisconnection(tx, order));
  const { sessionId, reason, isGraceful } = order;
  const problem = new BonafideError('UNAVAILABLE', `Disconnected by an operator: ${reason}`);
  const { gatewayId } = connection;
  orderEnd(services.bus, gatewayId, { sessionId, isGraceful, reason, problem: toProblem(problem) });
  return connection;
}

function noteDisconnection(tx: Transaction, { sessionId, reason, isGraceful }: Disconnection): Connection {
  const { tables, workspace, nowMs } = tx;
  const connection = tables.sessions.get(sessionId);
  if (!connection || connection.workspace !== workspace) {
    throw new BonafideError('NOT_FOUND', 'There is no such session in this workspace.');
  }
  const { address, actor, gatewayId } = connection;
  tx.audit({
    event: 'session.disconnected',
    subject: sessionId,
    data: { address, owner: actor, reason, isGraceful },
  });
  // Of a gateway that is gone nobody would hear the order.
  if (!isGatewayAlive(tables, { gatewayId, nowMs })) tables.sessions.remove(sessionId);
  return connection;
}
