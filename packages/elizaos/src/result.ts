import { BonafideError, type Issue, type ValidationError } from '@bonafide/core/errors';
import { explainError, namesOf, type Operation, operations } from '@bonafide/core/operations';
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

/** On one line inside a fence, so that a stranger's text in it cannot pass for words of the agent. */
function quote(output: unknown): string {
  const json = JSON.stringify(output);
  return `\`\`\`json\n${json.length > MAX_TEXT ? `${json.slice(0, MAX_TEXT)}…` : json}\n\`\`\``;
}

/** Why an answer to "may I?" is not a yes. Eliza goes on after a success, so such an answer must not be one. */
function refusalOf(operation: Operation, output: unknown): string | undefined {
  if (operation.id !== operations.actions.verify.id) return undefined;
  const { status, reason } = operations.actions.verify.output.parse(output);
  return status === 'approved' ? undefined : `${status}: ${reason}`;
}

/** `{{bonafide.jobId}}` is there for the templates of the next step; `data.output` is the whole answer. */
export function answerOf(operation: Operation, output: unknown): ActionResult {
  const refusal = refusalOf(operation, output);
  return {
    success: refusal === undefined,
    text: `${operation.summary}: ${refusal ?? 'done'}.\n${quote(output)}`,
    values: { bonafide: scalarsOf(output) },
    data: { actionName: namesOf(operation).elizaAction, operation: operation.id, output },
    ...(refusal !== undefined && { error: refusal }),
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
