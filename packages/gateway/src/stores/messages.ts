import type { DeadLetter, MessageKind } from '@bonafide/core/models';
import type { Key, Page } from './queries.ts';

/** What is stored of messages. */
export interface MessageTables {
  readonly inboxes: InboxTable;
  readonly messages: MessageTable;
  readonly deadLetters: DeadLetterTable;
}

/** Whose inbox: a canonical address, in the workspace where it is looked up. */
export interface InboxName {
  readonly workspace: string;
  readonly address: string;
}

/** Those to whom a group address of a workspace goes, since they first connected. */
export type MemberGroup = 'events' | 'metrics';

export interface StoredInbox extends InboxName {
  readonly inboxId: number;
  /** Of the message that was put in last; 0 when there was none. */
  readonly lastSequence: number;
  readonly pending: number;
  readonly pendingBytes: number;
  readonly delivered: number;
  readonly expired: number;
  readonly deadLettered: number;
}

export interface InboxTable {
  /** Makes the inbox when it is absent; its id never changes, and is never that of another. */
  ensure(name: InboxName): number;
  find(name: InboxName): StoredInbox | undefined;
  get(inboxId: number): StoredInbox | undefined;
  /** Sequence of the message that was put in last; 0 when there was none. */
  getLastSequence(inboxId: number): number;
  /** Epoch milliseconds of the oldest pending message. */
  getOldestAt(inboxId: number): number | undefined;
  join(inboxId: number, group: MemberGroup): void;
  /** Counts a message for which a member of a group had no room. */
  addOverflow(inboxId: number): void;
  listMembers(workspace: string, group: MemberGroup): (InboxName & { readonly inboxId: number })[];
  /** Those that ever had a message, in the order of their addresses. */
  list(
    workspace: string,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): StoredInbox[];
  /** Up to `limit` are counted. */
  getCount(workspace: string, limit: number): number;
}

/** A message as it is put in. Times are epoch milliseconds. */
export interface NewMessage {
  readonly messageId: string;
  /** Inbox of the sender, which is who it is. */
  readonly senderId: number;
  /** Where it was sent to, when that is a group that the inbox takes part in. */
  readonly to?: string | undefined;
  readonly kind: MessageKind;
  /** JSON text, as it came. */
  readonly body: string;
  readonly bytes: number;
  readonly sentAt: number;
  readonly expiresAt?: number | undefined;
  readonly replyTo?: string | undefined;
  readonly onBehalfOf?: string | undefined;
}

export interface StoredMessage extends Omit<NewMessage, 'senderId' | 'to'> {
  readonly sequence: number;
  readonly from: string;
  readonly to: string;
  /** How often it was handed out, and not acknowledged. */
  readonly attempts: number;
}

/** What became of one: its sequence, that of the one which was put in before it, or that there is no room. */
export type Placed =
  | { readonly outcome: 'kept' | 'duplicate'; readonly sequence: number }
  | { readonly outcome: 'full' };

/** What was put in, and the sequence of what had been the last before. */
export interface Appended {
  readonly previous: number;
  readonly placed: readonly Placed[];
}

/** How much an inbox holds at most. */
export interface InboxLimits {
  readonly messages: number;
  readonly bytes: number;
}

interface ReadRange {
  readonly after: number;
  readonly limit: number;
  /** It ends with the message that exceeds it. */
  readonly maxBytes: number;
}

interface ClaimRange {
  /** The session that gets them. */
  readonly heldBy: string;
  readonly limit: number;
}

/** Pending messages of an inbox: all that nobody holds up to a sequence, or these. */
export type Settled =
  | { readonly through: number }
  | { readonly sequences: readonly number[]; readonly heldBy?: string | undefined };

/** Where they are counted; purged ones are not. */
export type Settlement = 'delivered' | 'expired' | 'deadLettered' | 'purged';

export interface PendingPlace {
  readonly inboxId: number;
  readonly sequence: number;
  /** Empty when nobody has it. */
  readonly heldBy: string;
}

/** Pending messages are kept with their body; of the others only what recognises them when they are sent again. */
export interface MessageTable {
  /** Gives each the next sequence of the inbox; one of the same sender and id is a duplicate, whatever became of it. */
  append(inboxId: number, messages: readonly NewMessage[], limits: InboxLimits): Appended;
  /** Recognises it when it is sent again, and delivers it to nobody. */
  appendSettled(inboxId: number, message: NewMessage): Placed;
  get(inboxId: number, sequence: number): StoredMessage | undefined;
  /** Pending ones that nobody holds, oldest first. */
  listAfter(inboxId: number, range: ReadRange): StoredMessage[];
  /** Up to `limit` are counted. */
  getUnheldCount(inboxId: number, limit: number): number;
  /** The oldest that nobody holds, held from now on and each with one attempt more. */
  claim(inboxId: number, range: ClaimRange): StoredMessage[];
  /** What a session holds belongs to nobody again; returns how many. */
  release(inboxId: number, heldBy: string): number;
  /** Sessions that hold messages, with the inbox. */
  listHolders(): { readonly inboxId: number; readonly heldBy: string }[];
  /** Returns how many there were. */
  settle(inboxId: number, which: Settled, as: Settlement): number;
  /** They were handed out in vain. */
  addAttempt(inboxId: number, range: { readonly from: number; readonly through: number }): void;
  /** Pending ones of all inboxes whose own time is over. */
  listExpired(now: number, limit: number): PendingPlace[];
  /** Pending ones without a time of their own that are older, among those after a sequence; `scannedThrough` is where to go on. */
  listOutdated(
    before: number,
    range: { readonly after: number; readonly limit: number },
  ): {
    readonly items: readonly PendingPlace[];
    readonly scannedThrough: number;
  };
  /** Forgets settled ones; returns how many. */
  prune(before: number, limit: number): number;
}

export interface StoredDeadLetter extends Pick<DeadLetter, 'deadLetterId' | 'reason' | 'detail'> {
  /** Where it was. */
  readonly inboxId: number;
  readonly workspace: string;
  readonly address: string;
  readonly at: number;
  readonly senderId: number;
  readonly message: StoredMessage;
}

export interface DeadLetterTable {
  /** Takes a pending message out of its inbox; false when it is not there, or somebody else holds it. */
  bury(
    message: Omit<PendingPlace, 'heldBy'> & { readonly heldBy?: string | undefined },
    why: Pick<StoredDeadLetter, 'deadLetterId' | 'reason' | 'detail' | 'at'>,
  ): boolean;
  /** Puts it at the end of its inbox, with its attempts counted anew, and returns its sequence. */
  revive(deadLetter: StoredDeadLetter): number;
  get(key: Key): StoredDeadLetter | undefined;
  /** Newest first. */
  list(
    query: { readonly workspace: string; readonly address?: string | undefined },
    page: Page,
  ): StoredDeadLetter[];
  prune(before: number): void;
}
