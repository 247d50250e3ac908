import { BonafideError, type Issue } from '@bonafide/core/errors';

/** What an operator reads when the gateway does not start: every problem on a line of its own, and what to do. */
export function explainFailedStart(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') return explainPort(error);
  if (!BonafideError.is(error)) return String(error);
  const issues: readonly Issue[] = Array.isArray(error.details.issues) ? error.details.issues : [];
  const untold = issues.filter(({ message }) => !error.message.includes(message));
  return [error.message, ...untold.map(({ path, message }) => `  ${path}: ${message}`)].join('\n');
}

function explainPort(error: Error): string {
  const { address, port } = error as { address?: string; port?: number };
  return `Something listens on ${address}:${port} already, perhaps another gateway. Stop it, or set BONAFIDE_PORT.`;
}
