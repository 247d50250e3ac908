import { BonafideError, type ErrorCode, TimeoutError } from '@bonafide/core';
import type { PeerMessageOf } from '@bonafide/core/models';
import { fromProblem } from '@bonafide/core/problem';
import { toPlainText } from '../link/problems.ts';

/** Of an ERROR about a connection: the sender found no direct way, and goes on through the gateway where both allow it. */
export const NO_DIRECT_WAY: ErrorCode = 'CONNECTION_FAILED';

/** The error in an ERROR; only its code and its text are believed, and the text is marked as not ours. */
export function readProblem({ problem }: PeerMessageOf<'ERROR'>, by: 'peer' | 'gateway'): BonafideError {
  const code = problem.code as ErrorCode;
  const detail = by === 'peer' ? 'The peer refused the connection, or gave it up.' : problem.detail;
  return fromProblem({ code, detail, details: { by, reason: toPlainText(problem.detail) } });
}

/** An ERROR that says so much and no more: details may be about this side. */
export function writeProblem(error: BonafideError, correlationId: string | undefined) {
  const problem = { code: error.code, detail: error.message.slice(0, 2000) };
  return { type: 'ERROR' as const, problem, ...(correlationId === undefined ? {} : { correlationId }) };
}

/** The peer, or this side, has begun anew: the old link has nobody at the other end. */
export function linkReplaced(): BonafideError {
  return new BonafideError('CONFLICT', 'The peer began a new link: what it knew of this one is gone.', {
    details: { reason: 'link-replaced' },
  });
}

export function linkUnknown(): BonafideError {
  return new BonafideError('CONFLICT', 'This link is not known here any more: connect anew.', {
    details: { reason: 'link-unknown' },
  });
}

export function notAccepted(): BonafideError {
  return new BonafideError('FORBIDDEN', 'This agent does not accept connections from you.', {
    details: { reason: 'not-accepted' },
  });
}

export function givenUp(message: string): BonafideError {
  return new BonafideError('UNAVAILABLE', message, { details: { reason: 'given-up' } });
}

/** Why a call was aborted: the caller's own error, where it gave one. */
export function toAborted(reason: unknown): BonafideError {
  if (BonafideError.is(reason)) return reason;
  // As `AbortSignal.timeout` names it.
  if (reason instanceof DOMException && reason.name === 'TimeoutError') {
    return new TimeoutError('The call took longer than its caller would wait.', { cause: reason });
  }
  return new BonafideError('UNAVAILABLE', 'The call was aborted.', { cause: reason });
}
