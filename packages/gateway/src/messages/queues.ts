import { BonafideError } from '@bonafide/core/errors';
import { canonicalAddress, type DeadLetter, type Queue } from '@bonafide/core/models';
import { type Context, readerOf } from '../context.ts';
import type { Transaction } from '../ledger.ts';
import { type PageInput, readPage } from '../paging.ts';
import type { StoredDeadLetter, StoredInbox } from '../stores/messages.ts';
import type { Reader } from '../stores/store.ts';
import { presentMessage } from './own.ts';
import { inboxTopic } from './topics.ts';

/** The inbox of an address in the reader's workspace. */
export function getQueue(reader: Reader, address: string): Queue {
  return presentQueue(reader, findQueue(reader, address));
}

export function listQueues(context: Context, input: PageInput): { items: Queue[]; nextCursor?: string } {
  const reader = readerOf(context);
  const { items, ...rest } = readPage({
    input,
    read: ({ beyond, limit }) => context.read.inboxes.list(context.workspace, { after: beyond, limit }),
    keyOf: ({ address }) => address,
    keys: /^\S{1,640}$/,
  });
  return { items: items.map((inbox) => presentQueue(reader, inbox)), ...rest };
}

/** Throws away what waits and nobody holds. */
export function purgeQueue(
  tx: Transaction,
  { address, reason }: { readonly address: string; readonly reason: string },
): { removed: number } {
  const { inboxId, lastSequence, address: subject } = findQueue(tx, address);
  const removed = tx.tables.messages.settle(inboxId, { through: lastSequence }, 'purged');
  tx.audit({ event: 'queue.purged', subject, data: { removed, reason } });
  return { removed };
}

export function listDeadLetters(
  { read, workspace }: Context,
  { address, ...input }: PageInput & { readonly address?: string | undefined },
): { items: DeadLetter[]; nextCursor?: string } {
  const query = { workspace, address: address === undefined ? undefined : canonicalAddress(address) };
  const { items, ...rest } = readPage({
    input,
    read: ({ beyond, limit }) => read.deadLetters.list(query, { before: beyond, limit }),
    keyOf: ({ deadLetterId }) => deadLetterId,
  });
  return { items: items.map(presentDeadLetter), ...rest };
}

/** Puts a dead letter back at the end of its inbox. */
export function redeliver(tx: Transaction, deadLetterId: string): { messageId: string; sequence: number } {
  const { workspace, tables } = tx;
  const found = tables.deadLetters.get({ workspace, id: deadLetterId });
  if (!found) throw new BonafideError('NOT_FOUND', 'There is no such dead letter.');
  const sequence = tables.deadLetters.revive({ ...found, at: tx.nowMs });
  const { messageId } = found.message;
  tx.audit({
    event: 'queue.redelivered',
    subject: found.address,
    data: { deadLetterId, messageId, sequence },
  });
  tx.publish(inboxTopic(found));
  return { messageId, sequence };
}

function findQueue({ tables, workspace }: Reader, address: string): StoredInbox {
  const found = tables.inboxes.find({ workspace, address: canonicalAddress(address) });
  if (found && found.lastSequence > 0) return found;
  throw new BonafideError('NOT_FOUND', 'Nothing was ever put into such an inbox here.');
}

function presentQueue({ tables, workspace }: Reader, inbox: StoredInbox): Queue {
  const { inboxId, address, pending, pendingBytes, delivered, expired, deadLettered } = inbox;
  const oldest = tables.inboxes.getOldestAt(inboxId);
  return {
    ...{ address, isConnected: tables.sessions.getHolder(workspace, address) !== undefined },
    ...{ pending, pendingBytes, delivered, expired, deadLettered },
    ...(oldest === undefined ? {} : { oldestAt: new Date(oldest).toISOString() }),
  };
}

function presentDeadLetter({ deadLetterId, reason, detail, at, message }: StoredDeadLetter): DeadLetter {
  return {
    ...{ deadLetterId, reason, at: new Date(at).toISOString(), message: presentMessage(message) },
    ...(detail === undefined ? {} : { detail }),
  };
}
