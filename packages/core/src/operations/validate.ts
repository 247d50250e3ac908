import type { z } from 'zod';
import { BonafideError, type Issue, ValidationError } from '../errors.ts';
import type { Operation } from './define.ts';

/** The input as its schema has it; throws ValidationError naming each bad field, unknown fields too. */
export function parseInput(operation: Operation, input: unknown): Record<string, unknown> {
  const parsed = operation.input.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const issues = toIssues(parsed.error);
  throw new ValidationError(`The input of ${operation.id} does not fit: ${describe(issues)}`, { issues });
}

/** An answer as the operation's schema has it, unknown fields dropped; INTERNAL when the other side broke the contract. */
export function parseOutput(operation: Operation, output: unknown): unknown {
  const parsed = operation.output.safeParse(output);
  if (parsed.success) return parsed.data;
  const issues = toIssues(parsed.error);
  const message = `The answer to ${operation.id} does not fit its schema: ${describe(issues)}`;
  throw new BonafideError('INTERNAL', message, { details: { operation: operation.id, issues } });
}

/** Zod's findings as issues with dotted paths; each unknown field is an issue of its own. */
export function toIssues(error: z.core.$ZodError): readonly Issue[] {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: toPath([...issue.path, key]), message: 'is not a known field' }))
      : [{ path: toPath(issue.path), message: issue.message }],
  );
}

function toPath(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}

function describe(issues: readonly Issue[]): string {
  const shown = issues
    .slice(0, 5)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return issues.length > shown.length ? `${shown.join('; ')}; …` : shown.join('; ');
}
