import type { BonafideError, ErrorCode, Issue } from '../errors.ts';

const advice: Record<ErrorCode, string> = {
  VALIDATION_FAILED: 'Correct the input and call again.',
  UNAUTHENTICATED: 'You cannot fix this. Tell the user that the agent must be registered with this gateway.',
  SIGNATURE_INVALID: "You cannot fix this. Tell the user to check the agent's key and the gateway's address.",
  SIGNATURE_EXPIRED: 'You cannot fix this. Tell the user to check the clock of this machine.',
  REPLAYED: 'Read the current state first; the earlier call may have worked.',
  REVOKED: 'This agent is revoked. Stop and tell the user.',
  FORBIDDEN: 'You may not do this. Do not try again; tell the user.',
  DENIED: 'It did not happen. Do not try again and do not work around it; tell the user why.',
  LIMIT_EXCEEDED: 'It did not happen. Stay below the limit, or tell the user that it must be raised.',
  NOT_FOUND: 'Check the id; list or find to get the right one.',
  CONFLICT: 'The state is not what you expected. Read it again, then decide.',
  IDEMPOTENCY_MISMATCH: 'Read the current state first, then make a new call.',
  IN_PROGRESS: 'The same call is still running. Wait, then read the state; do not start another.',
  EXPIRED: 'It is too late for this one. Ask again if it is still wanted.',
  PAYLOAD_TOO_LARGE: 'Send less.',
  CHAIN_REVERTED:
    'The contract refused it and no money moved. Read the state of the job before anything else.',
  RATE_LIMITED: 'Wait before you call again.',
  INTERNAL: 'A write may have happened: read the state before you repeat it. Tell the user if it goes on.',
  UNSUPPORTED: 'This gateway cannot do it. Tell the user.',
  CONNECTION_FAILED: 'Nothing was decided. Try again later; tell the user to check that the gateway runs.',
  UNAVAILABLE: 'Try again later; read the state before you repeat a write.',
  TIMEOUT: 'A write may have happened: read the state before you repeat it.',
};

/** An error in words a model can act on: the code, what happened, which fields, and what to do next. */
export function explainError(error: BonafideError): string {
  const { issues = [], retryAfterMs } = error.details as { issues?: readonly Issue[]; retryAfterMs?: number };
  const isUntold = (issue: Issue): boolean => !error.message.includes(issue.message);
  return [
    `${error.code}: ${error.message}`,
    ...issues.filter(isUntold).map((issue) => `- ${issue.path || 'input'}: ${issue.message}`),
    ...(retryAfterMs === undefined ? [] : [`Retry after ${retryAfterMs} ms.`]),
    `What to do: ${advice[error.code]}`,
  ].join('\n');
}
