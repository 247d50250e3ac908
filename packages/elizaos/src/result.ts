import { BonafideError, type Issue, type ValidationError } from '@bonafide/core/errors';
import { explainError, namesOf, type Operation } from '@bonafide/core/operations';
import { toProblem } from '@bonafide/core/problem';
import type { ActionResult } from '@elizaos/core';

/** Enough for a page of a list; the rest is in `data`. */
const MAX_TEXT = 4000;

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

function scalarsOf(output: unknown): Record<string, unknown> {
  if (typeof output !== 'object' || output === null) return {};
  return Object.fromEntries(Object.entries(output).filter(([, value]) => isScalar(value)));
}

/** `{{bonafide.jobId}}` is there for the templates of the next step; `data.output` is the whole answer. */
export function successOf(operation: Operation, output: unknown): ActionResult {
  const json = JSON.stringify(output);
  return {
    success: true,
    text: `${operation.summary}: done.\n${json.length > MAX_TEXT ? `${json.slice(0, MAX_TEXT)}…` : json}`,
    values: { bonafide: scalarsOf(output) },
    data: { actionName: namesOf(operation).elizaAction, operation: operation.id, output },
  };
}

const isValidation = (error: BonafideError): error is ValidationError => error.code === 'VALIDATION_FAILED';

const describeIssue = (issue: Issue): string =>
  issue.path ? `${issue.path}: ${issue.message}` : issue.message;

function textOf(operation: Operation, error: BonafideError): string {
  if (isValidation(error)) {
    return `To ${operation.summary.toLowerCase()} I still need:\n${error.issues.map(describeIssue).join('\n')}`;
  }
  return `${operation.summary}: not done.\n${explainError(error)}`;
}

/** A string as `error`, because Eliza stores results as JSON, where an Error becomes `{}`. */
export function failureOf(operation: Operation, cause: unknown): ActionResult {
  const error = BonafideError.from(cause);
  return {
    success: false,
    text: textOf(operation, error),
    values: {},
    data: {
      actionName: namesOf(operation).elizaAction,
      operation: operation.id,
      problem: toProblem(error),
    },
    error: `${error.code}: ${error.message}`,
  };
}
