import { BonafideError } from '../errors.ts';
import { digestOf } from '../identity/canonical.ts';

// The audit log is no place for whole documents.
const LONGEST_RESULT = 16_384;
const LONGEST_ERROR = 2000;

/** How an action ended, in a form the audit log takes whatever the action returned or threw. */
export type OutcomeReport =
  | { readonly outcome: 'executed'; readonly result?: Json }
  | { readonly outcome: 'failed'; readonly error: string };

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export function toOutcomeReport(
  outcome: { readonly result?: unknown } | { readonly error: unknown },
): OutcomeReport {
  if ('error' in outcome) return { outcome: 'failed', error: describeError(outcome.error) };
  const text = toJsonText(outcome.result);
  if (text === undefined) return { outcome: 'executed' };
  const result: Json = JSON.parse(text);
  if (text.length <= LONGEST_RESULT) return { outcome: 'executed', result };
  return { outcome: 'executed', result: { digest: digestOf(result), length: text.length } };
}

function toJsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // A cycle or a bigint: its text says more than nothing.
    return JSON.stringify(String(value));
  }
}

function describeError(error: unknown): string {
  const text = BonafideError.is(error) ? `${error.code}: ${error.message}` : String(error);
  return text.slice(0, LONGEST_ERROR);
}
