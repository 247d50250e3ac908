import { BonafideError } from '@bonafide/core/errors';
import { MAX_MESSAGE_BYTES, type MessageKind } from '@bonafide/core/models';
import type { Transaction } from '../ledger.ts';
import type { Appended, InboxName, NewMessage, Placed } from '../stores/messages.ts';
import type { Tables } from '../stores/store.ts';
import { defaultLimits, fullInbox, type MessageLimits } from './limits.ts';
import { assertKept, type Route } from './route.ts';
import { inboxTopic } from './topics.ts';

/** A message as its sender made it. */
interface Draft {
  readonly messageId: string;
  readonly kind: MessageKind;
  /** JSON text without line breaks. */
  readonly body: string;
  readonly replyTo?: string | undefined;
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined;
  /** Address of the user in whose name it is sent. */
  readonly onBehalfOf?: string | undefined;
}

export interface Put extends Draft {
  /** Who sends: its inbox gets the answers. */
  readonly sender: InboxName;
  readonly route: Route;
}

export interface Kept {
  readonly messageId: string;
  readonly sequence: number;
  readonly isDuplicate: boolean;
}

/**
 * Puts one message into the inbox where its route leads, or those of all members of the group, and wakes who reads them once
 * it is committed. LIMIT_EXCEEDED when there is no room. Whether the sender may is for the caller to check.
 */
export function putMessage(tx: Transaction, put: Put, limits: MessageLimits = defaultLimits): Kept {
  const { tables } = tx;
  const { route, sender } = put;
  assertKept(route);
  const message = toNewMessage(put, { senderId: tables.inboxes.ensure(sender), sentAt: tx.nowMs });
  const inboxId = ensureInbox(tables, inboxOf(route), limits);
  const [placed] =
    route.keeping === 'inbox'
      ? tables.messages.append(inboxId, [message], limits.inbox).placed
      : [fanOut(tables, { route, inboxId, message, limits }).placed];
  for (const topic of topicsOf(tables, route)) tx.publish(topic);
  return toKept(placed, { route, messageId: put.messageId });
}

/** The inbox, made when it is absent; LIMIT_EXCEEDED when the workspace has too many. */
export function ensureInbox(tables: Tables, name: InboxName, { inboxes }: MessageLimits): number {
  const known = tables.inboxes.find(name);
  if (known) return known.inboxId;
  if (tables.inboxes.getCount(name.workspace, inboxes) < inboxes) return tables.inboxes.ensure(name);
  throw new BonafideError(
    'LIMIT_EXCEEDED',
    `The workspace ${name.workspace} has ${inboxes} inboxes already.`,
  );
}

/** What went to each member, so that those who are here get it at once. */
interface FannedOut {
  readonly placed: Placed;
  readonly copies: readonly { readonly member: InboxName; readonly appended: Appended }[];
}

interface Fan {
  readonly route: Route;
  /** Of the group: it holds nothing, and recognises what is sent again. */
  readonly inboxId: number;
  readonly message: NewMessage;
  readonly limits: MessageLimits;
}

/** Into the inboxes of all members; one that is full counts what it missed, so that a member that never comes stops nobody. */
export function fanOut(tables: Tables, { route, inboxId, message, limits }: Fan): FannedOut {
  const placed = tables.messages.appendSettled(inboxId, message);
  if (placed.outcome === 'duplicate' || (route.keeping !== 'events' && route.keeping !== 'metrics'))
    return { placed, copies: [] };
  const copy = { ...message, to: route.name };
  const copies = tables.inboxes.listMembers(route.workspace, route.keeping).map((member) => {
    const appended = tables.messages.append(member.inboxId, [copy], limits.inbox);
    if (appended.placed[0]?.outcome === 'full') tables.inboxes.addOverflow(member.inboxId);
    return { member, appended };
  });
  return { placed, copies };
}

export function inboxOf({ workspace, name }: Route): InboxName {
  return { workspace, address: name };
}

export function toNewMessage(
  { messageId, kind, body, replyTo, expiresAt, onBehalfOf }: Draft,
  { senderId, sentAt }: { readonly senderId: number; readonly sentAt: number },
): NewMessage {
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_MESSAGE_BYTES)
    throw new BonafideError('PAYLOAD_TOO_LARGE', `A message has at most ${MAX_MESSAGE_BYTES} bytes.`);
  return { messageId, senderId, kind, body, bytes, sentAt, expiresAt, replyTo, onBehalfOf };
}

function topicsOf(tables: Tables, route: Route): string[] {
  if (route.keeping === 'events' || route.keeping === 'metrics')
    return tables.inboxes.listMembers(route.workspace, route.keeping).map(inboxTopic);
  return [inboxTopic(inboxOf(route))];
}

function toKept(
  placed: Placed | undefined,
  { route, messageId }: { readonly route: Route; readonly messageId: string },
): Kept {
  if (!placed || placed.outcome === 'full') throw fullInbox(route.name);
  return { messageId, sequence: placed.sequence, isDuplicate: placed.outcome === 'duplicate' };
}
