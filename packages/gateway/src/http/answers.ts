import { hash } from 'node:crypto';
import { BonafideError, ValidationError } from '@bonafide/core/errors';
import type { Operation } from '@bonafide/core/operations';
import type { Answer, Reads } from '../stores/store.ts';
import { DAY_MS } from '../time.ts';

/** How long an answer is kept for its key. */
export const ANSWER_TTL_MS = DAY_MS;

/** Their answers hold a secret or are a service's, which is never stored: a repetition learns only that it was done. */
const unrepeatable: ReadonlySet<string> = new Set([
  'tokens.create',
  'members.invite',
  'members.join',
  'webhooks.create',
  'workspaces.create',
  'services.request',
]);

export interface Attempt {
  readonly principal: string;
  readonly key: string;
  readonly digest: string;
}

/** Lets each idempotency key of a principal run once at a time. */
export interface AnswerBook {
  /** Returns the function that ends the run; IDEMPOTENCY_MISMATCH and IN_PROGRESS when one is under way. */
  start(attempt: Attempt): () => void;
}

export function createAnswerBook(): AnswerBook {
  const underWay = new Map<string, string>();
  return {
    start({ principal, key, digest }) {
      const id = `${principal} ${key}`;
      const running = underWay.get(id);
      if (running !== undefined) {
        assertSame(running, digest);
        throw new BonafideError(
          'IN_PROGRESS',
          'The first request with this idempotency key is still running.',
        );
      }
      underWay.set(id, digest);
      return () => underWay.delete(id);
    },
  };
}

/** Thrown inside a commit to undo it: this request was answered before. */
export class AnsweredBefore extends BonafideError {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super('CONFLICT', 'This request was answered before.');
    this.answer = answer;
  }
}

/**
 * Ends the commit when the key was answered before. Looked up inside the commit, where it costs a tenth of a read of its
 * own, and where another gateway on the same database cannot come in between.
 */
export function assertUnanswered(
  { answers }: Pick<Reads, 'answers'>,
  { principal, key, digest }: Attempt,
): void {
  const stored = answers.get(principal, key);
  if (!stored) return;
  assertSame(stored.digest, digest);
  throw new AnsweredBefore(stored);
}

/** The body to store for the key, unless it holds a secret. */
export function storableBody(operation: Operation, body: string): string | undefined {
  return unrepeatable.has(operation.id) ? undefined : body;
}

/** The stored body; CONFLICT when it was not stored. */
export function repeatableBody({ body }: Answer): string {
  if (body !== undefined) return body;
  throw new BonafideError(
    'CONFLICT',
    "This was done before, and its answer was not kept: it held a secret that is shown only once, or was a service's.",
  );
}

const KEY = /^[\x21-\x7e]{1,255}$/;

export function parseIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || KEY.test(header)) return header;
  throw new ValidationError('The Idempotency-Key header must be 1-255 visible ASCII characters.', {
    issues: [{ path: 'Idempotency-Key', message: 'must be 1-255 visible ASCII characters' }],
  });
}

/** What must be the same for two requests to be the same. A verified Content-Digest already is the hash of the body. */
export function requestDigest({ operation, target, body, contentDigest }: Fingerprint): string {
  return `${operation} ${target} ${contentDigest ?? hash('sha256', body, 'base64url')}`;
}

interface Fingerprint {
  readonly operation: string;
  readonly target: string;
  readonly body: Buffer;
  /** Of a signed request only. */
  readonly contentDigest: string | undefined;
}

function assertSame(stored: string, digest: string): void {
  if (stored === digest) return;
  throw new BonafideError('IDEMPOTENCY_MISMATCH', 'This idempotency key was used for another request.');
}
