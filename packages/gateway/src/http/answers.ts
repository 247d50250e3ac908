import { createHash } from 'node:crypto';
import { BonafideError, ValidationError } from '@bonafide/core/errors';
import type { Operation } from '@bonafide/core/operations';
import type { Answer, Reads } from '../stores/store.ts';

/** How long an answer is kept for its key. */
export const ANSWER_TTL_MS = 24 * 60 * 60 * 1000;

/** Their answers hold a secret, which is never stored: a repetition learns only that it was done. */
const unrepeatable: ReadonlySet<string> = new Set(['tokens.create']);

export interface Attempt {
  readonly principal: string;
  readonly key: string;
  readonly digest: string;
}

/** One call under its idempotency key. */
export type Claimed = { readonly replay: Answer } | { readonly release: () => void };

/** Runs each idempotency key of a principal once. */
export interface AnswerBook {
  /** The stored answer, or the right to run; IDEMPOTENCY_MISMATCH and IN_PROGRESS otherwise. */
  claim(attempt: Attempt): Claimed;
}

export function createAnswerBook(read: Reads): AnswerBook {
  const underWay = new Map<string, string>();
  return {
    claim(attempt) {
      const id = `${attempt.principal} ${attempt.key}`;
      const running = underWay.get(id);
      if (running !== undefined) {
        assertSame(running, attempt.digest);
        throw inProgress();
      }
      const stored = read.answers.get(attempt.principal, attempt.key);
      if (stored) {
        assertSame(stored.digest, attempt.digest);
        return { replay: stored };
      }
      underWay.set(id, attempt.digest);
      return { release: () => underWay.delete(id) };
    },
  };
}

export function inProgress(): BonafideError {
  return new BonafideError('IN_PROGRESS', 'The first request with this idempotency key is still running.');
}

/** The body to store for the key, unless it holds a secret. */
export function storableBody(operation: Operation, body: string): string | undefined {
  return unrepeatable.has(operation.id) ? undefined : body;
}

/** The stored body; CONFLICT when it was not stored because it held a secret. */
export function repeatableBody({ body }: Answer): string {
  if (body !== undefined) return body;
  throw new BonafideError(
    'CONFLICT',
    'This was done before, and its answer held a secret that is shown only once.',
  );
}

const KEY = /^[\x21-\x7e]{1,255}$/;

export function parseIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || KEY.test(header)) return header;
  throw new ValidationError('The Idempotency-Key header must be 1-255 visible ASCII characters.', {
    issues: [{ path: 'Idempotency-Key', message: 'must be 1-255 visible ASCII characters' }],
  });
}

/** What must be the same for two requests to be the same. */
export function requestDigest({ target, body }: { target: string; body: Buffer }): string {
  return createHash('sha256').update(target).update('\n').update(body).digest('base64url');
}

function assertSame(stored: string, digest: string): void {
  if (stored === digest) return;
  throw new BonafideError('IDEMPOTENCY_MISMATCH', 'This idempotency key was used for another request.');
}
