import { BonafideError, type ErrorCode, type Issue } from '@bonafide/core/errors';
import { toProblem } from '@bonafide/core/problem';
import type { Context } from './context.ts';
import { printable, printableJson } from './printable.ts';

/** Everything went well. */
export const EXIT_OK = 0;
/** It was tried and did not work. */
export const EXIT_FAILED = 1;
/** The command line itself was wrong; nothing was tried. */
export const EXIT_USAGE = 2;

/** Ctrl-C, as shells have it. */
export const EXIT_INTERRUPTED = 130;

/** A check ran and did not hold; what it found is printed already. */
export class Unsatisfied extends Error {}

const SIGN_IN = 'Sign in with `bonafide login`, set BONAFIDE_TOKEN, or act as an agent with --agent NAME.';
const AS_AGENT = 'Act as an agent with --agent NAME; `bonafide init NAME` makes one.';
const READ_FIRST = 'It may have happened: read the state before you repeat it.';

const advice: Partial<Record<ErrorCode, string>> = {
  UNAUTHENTICATED: SIGN_IN,
  REVOKED: 'This key or token is revoked. Make a new one.',
  FORBIDDEN: 'Use a token or an agent that may do this; approvals and tokens need an owner token.',
  SIGNATURE_EXPIRED: 'Check the clock of this machine.',
  CONNECTION_FAILED: 'Check --url and that the gateway runs; `bonafide dev` starts one here.',
  UNAVAILABLE: 'Try again later.',
  RATE_LIMITED: 'Wait, then try again.',
  TIMEOUT: READ_FIRST,
  INTERNAL: READ_FIRST,
  CHAIN_REVERTED: 'The contract refused it and no money moved. Read the state of the job.',
  CONFLICT: 'Read the current state, then decide.',
};

const adviceOn = ({ code, details }: BonafideError): unknown =>
  details.hint ?? (details.reason === 'no-agent' ? AS_AGENT : advice[code]);

const issuesOf = (error: BonafideError): readonly Issue[] =>
  Array.isArray(error.details.issues) ? error.details.issues : [];

/** Lines below the first point at a place in it, and stay below it. */
const indented = (text: string): string => text.split('\n').map(printable).join('\n    ');

const describeIssue = ({ path, message }: Issue): string =>
  `  ${printable(path || 'input')}: ${message.endsWith('received undefined') ? 'is required' : indented(message)}`;

/** The message without the issues it repeats: they follow, one on each line. */
function headline({ message }: BonafideError, [first]: readonly Issue[]): string {
  if (first === undefined) return printable(message);
  const [line = ''] = message.split('\n');
  const repeated = line.indexOf(first.path ? `: ${first.path}:` : `: ${first.message}`);
  return printable((repeated < 0 ? line : line.slice(0, repeated)).replace(/[:.]?$/, '.'));
}

/** What a peer said is no message of ours. */
function peerWords({ details: { by, reason } }: BonafideError): readonly string[] {
  return by === 'peer' && typeof reason === 'string' ? [`The peer says: ${printable(reason)}`] : [];
}

function explain(error: BonafideError): string {
  const issues = issuesOf(error);
  const hint = adviceOn(error);
  return [
    `${error.code}: ${headline(error, issues)}`,
    ...issues.map(describeIssue),
    ...peerWords(error),
    ...(typeof hint === 'string' ? [hint] : []),
    ...(error.requestId === undefined ? [] : [`Request ${printable(error.requestId)}`]),
  ].join('\n');
}

/** Tells what went wrong and what to do, as text or as problem+json, and gives the exit code. */
export function reportFailure(
  context: Context,
  failure: { readonly cause: unknown; readonly json: boolean },
): number {
  const error = BonafideError.from(failure.cause);
  const text = failure.json ? printableJson(toProblem(error), 2) : explain(error);
  context.stderr.write(`${text}\n`);
  return error.code === 'VALIDATION_FAILED' ? EXIT_USAGE : EXIT_FAILED;
}
