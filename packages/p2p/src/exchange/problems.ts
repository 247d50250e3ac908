import { BonafideError, type ErrorCode, type Issue, ValidationError } from '@bonafide/core';
import type { PeerMessageOf } from '@bonafide/core/models';
import { fromProblem } from '@bonafide/core/problem';
import { z } from 'zod';
import { toPlainText } from '../link/problems.ts';
import type { SchemaIssue } from './types.ts';

export type PeerProblem = PeerMessageOf<'ERROR'>['problem'];

const LONGEST_DETAIL = 2_000;
const MAX_ISSUES = 20;

const issueList = z.array(z.object({ path: z.string(), message: z.string() }));

/** What a peer may know of an error: code and text of ours, nothing of others, and which fields were wrong. */
export function toPeerProblem(error: unknown): PeerProblem {
  const { code, message, details } = BonafideError.from(error);
  const issues = readIssues(details.issues);
  return { code, detail: message.slice(0, LONGEST_DETAIL), ...(issues && { issues }) };
}

/**
 * The error that a peer told of, under a message of ours: its words are in `details.reason`, and `details.by` and
 * `details.from` say so. They become part of no stack and no log. Which fields were wrong is for programs, so it stays.
 */
export function fromPeerProblem({ code, detail: words, ...rest }: PeerProblem, from: string): BonafideError {
  const issues = readIssues(rest.issues);
  const detail = 'The peer answered with an error.';
  const details = { by: 'peer', from, reason: toPlainText(words.slice(0, LONGEST_DETAIL)) };
  // `fromProblem` makes codes that it does not know INTERNAL.
  return fromProblem({ code: code as ErrorCode, detail, details, ...(issues && { issues }) });
}

function readIssues(value: unknown): Issue[] | undefined {
  const { data } = issueList.safeParse(value);
  return data?.slice(0, MAX_ISSUES).map(({ path, message }) => ({
    path: toPlainText(path.slice(0, LONGEST_DETAIL)),
    message: toPlainText(message.slice(0, LONGEST_DETAIL)),
  }));
}

/** What a schema found wrong, for whoever gave the value. */
export function toValidationError(message: string, issues: readonly SchemaIssue[]): ValidationError {
  const list = issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  return new ValidationError(message, { issues: list });
}
