import { BonafideError, type ErrorCode, errorCodes, ValidationError } from '@bonafide/core/errors';
import { fromProblem } from '@bonafide/core/problem';
import { z } from 'zod';

const LONGEST_DETAIL = 2_000;
/** What could change how a terminal or a page shows the text around it. */
const CONTROLS = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

const problem = z.object({ code: z.string().max(64), detail: z.string().max(LONGEST_DETAIL) });
const encoder = new TextEncoder();

/** The peer sent what no honest one does; the link ends with it. */
export function broken(what: string): ValidationError {
  const issues = [{ path: '', message: what }];
  return new ValidationError(`The peer broke the protocol of the link: ${what}.`, { issues });
}

export function tooMuch(message: string): BonafideError {
  return new BonafideError('LIMIT_EXCEEDED', message);
}

export function tooMuchUnread(): BonafideError {
  return tooMuch('Too much that came over this link waits to be read.');
}

export function nobodyReads(): BonafideError {
  return new BonafideError('UNAVAILABLE', 'Nobody reads this stream any more.');
}

export function nobodyTakes(): BonafideError {
  return new BonafideError('NOT_FOUND', 'Nobody here takes a stream of this name.');
}

export function closedHere(): BonafideError {
  return new BonafideError('UNAVAILABLE', 'This link was closed.');
}

export function channelClosed(): BonafideError {
  return new BonafideError('UNAVAILABLE', 'This channel was closed.');
}

/** The peer, or this side, lost what it knew of the link. */
export function forgotten(): BonafideError {
  return new BonafideError(
    'UNAVAILABLE',
    'What this link carried before is not known any more: connect again.',
  );
}

/** What the peer may know of an error: its code and its message. */
export function encodeProblem(error: BonafideError): Uint8Array {
  return encoder.encode(JSON.stringify({ code: error.code, detail: error.message.slice(0, LONGEST_DETAIL) }));
}

/**
 * The error that a peer told of, under a message of ours: its words are in `details.reason`, and `details.by` says so.
 * They become part of no stack and no cause.
 */
export function decodeProblem(bytes: Uint8Array, message: string): BonafideError {
  const { code, detail } = readProblem(bytes);
  const details = { by: 'peer', reason: toPlainText(detail) };
  return fromProblem({ code: isErrorCode(code) ? code : 'INTERNAL', detail: message, details });
}

/** Words of a peer as they may be shown. */
export function toPlainText(words: string): string {
  return words.replace(CONTROLS, ' ');
}

function readProblem(bytes: Uint8Array): { code: string; detail: string } {
  try {
    return problem.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    // What is wrong with it is text of the peer, too.
    throw broken('a problem is no problem document');
  }
}

function isErrorCode(value: string): value is ErrorCode {
  return Object.hasOwn(errorCodes, value);
}
