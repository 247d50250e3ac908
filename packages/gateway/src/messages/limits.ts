import { BonafideError } from '@bonafide/core/errors';
import type { InboxLimits } from '../stores/messages.ts';
import { DAY_MS } from '../time.ts';

/** Most that a session may ask for. */
export const MAX_CREDIT = 10_000;

/** How much is kept, and for how long. */
export interface MessageLimits {
  readonly inbox: InboxLimits;
  /** Inboxes of one workspace, whether or not their owners ever came. */
  readonly inboxes: number;
  /** Deliveries of one message in vain, after which it is a dead letter. */
  readonly attempts: number;
  readonly retentionMs: number;
  /** How long a message is recognised that is sent again; longer than the retention, or it could come twice. */
  readonly dedupeMs: number;
  readonly deadLetterMs: number;
  /** What a reader may leave untaken before live messages to it are lost and kept ones wait, in bytes. */
  readonly queuedBytes: number;
}

export const defaultLimits: MessageLimits = {
  inbox: { messages: 100_000, bytes: 268_435_456 },
  inboxes: 100_000,
  attempts: 10,
  retentionMs: 7 * DAY_MS,
  dedupeMs: 8 * DAY_MS,
  deadLetterMs: 7 * DAY_MS,
  queuedBytes: 1_048_576,
};

export function fullInbox(name: string): BonafideError {
  return new BonafideError(
    'LIMIT_EXCEEDED',
    `The inbox of ${name} is full: it takes more once some are acknowledged.`,
  );
}
