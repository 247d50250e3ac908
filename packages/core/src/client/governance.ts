import { v7 } from 'uuid';
import { BonafideError, ConnectionError, TimeoutError, VerificationError } from '../errors.ts';
import { digestOf } from '../identity/canonical.ts';
import type { Action } from '../models/action.ts';
import { delay, startDeadline } from '../transport/deadline.ts';
import { waitForDecision } from './decision.ts';
import { toOutcomeReport } from './outcome.ts';
import type { ActionRequest, ApprovedAction, CallOptions, Client, Grant } from './types.ts';

export interface GovernanceOptions {
  /** Longest wait for a person; default 15 minutes. */
  readonly approvalTimeoutMs?: number | undefined;
  /** How often to ask where streams do not get through; default 5 s. */
  readonly pollIntervalMs?: number | undefined;
  /** Told once when an action waits for a person. */
  readonly onPending?: ((action: Action) => void) | undefined;
  /** Told what could not be done after the fact, such as reporting an outcome; default a process warning. */
  readonly onWarning?: ((error: BonafideError) => void) | undefined;
}

/** Asks the gateway for permission, waits for a person, and reports outcomes. Whatever fails, nothing is permitted. */
export interface Governance {
  verifyAction(request: ActionRequest, options?: CallOptions): Promise<boolean>;
  authorize(request: ActionRequest, options?: CallOptions): Promise<Grant>;
  redeem(approved: ApprovedAction, options?: CallOptions): Promise<Grant>;
}

export function createGovernance(client: Client, settings: GovernanceOptions): Governance {
  return {
    verifyAction: async (request, options) => {
      const action = await ask(client, request, options);
      return action.status === 'approved';
    },
    authorize: (request, options = {}) =>
      authorize(client, request, { ...options, ...pickWaiting(settings, options) }),
    redeem: async ({ actionId, parameters = {} }, options = {}) => {
      const { signal, timeoutMs } = options;
      const action = await client.actions.get({ actionId }, { signal, timeoutMs });
      return startApproved(client, action, { parametersDigest: digestOf(parameters), signal });
    },
  };
}

/** `timeoutMs` of a client is for one exchange with the gateway, not for a person. */
function pickWaiting(settings: GovernanceOptions, { timeoutMs }: CallOptions): Waiting {
  const { approvalTimeoutMs = 900_000, pollIntervalMs = 5000, onPending } = settings;
  return { timeoutMs: timeoutMs ?? approvalTimeoutMs, pollIntervalMs, onPending };
}

interface Waiting {
  readonly timeoutMs: number;
  readonly pollIntervalMs: number;
  readonly onPending: GovernanceOptions['onPending'];
}

async function authorize(
  client: Client,
  request: ActionRequest,
  { timeoutMs, pollIntervalMs, onPending, ...options }: Waiting & Pick<CallOptions, 'signal'>,
): Promise<Grant> {
  let actionId: string | undefined;
  const deadline = startDeadline({
    timeoutMs,
    signals: [options.signal],
    reason: () => undecided({ action: request.action, actionId, timeoutMs }),
  });
  const { signal } = deadline;
  try {
    const parametersDigest = digestOf(request.parameters ?? {});
    const asked = await ask(client, request, { signal });
    actionId = asked.actionId;
    if (asked.status !== 'pending') return toGrant(client, asked, parametersDigest);
    onPending?.(asked);
    const action = await waitForDecision(client, { actionId, signal, pollIntervalMs }).catch(
      (error: unknown) => {
        throw nameAction(error, asked);
      },
    );
    return await startApproved(client, action, { parametersDigest, signal });
  } finally {
    deadline.end();
  }
}

/** Uses the approval up before anything runs, so that of two who hold it only one goes on. */
async function startApproved(
  client: Client,
  action: Action,
  {
    parametersDigest,
    signal,
  }: { readonly parametersDigest: string; readonly signal: AbortSignal | undefined },
): Promise<Grant> {
  const grant = toGrant(client, action, parametersDigest);
  try {
    const claim = { actionId: action.actionId, parametersDigest };
    await insist((idempotencyKey) => client.actions.start(claim, { signal, idempotencyKey }));
  } catch (error) {
    throw toStartError(error, action);
  }
  return grant;
}

function toStartError(cause: unknown, action: Action): unknown {
  if (!BonafideError.is(cause)) return cause;
  if (cause.code !== 'CONFLICT' && cause.code !== 'EXPIRED') return nameAction(cause, action);
  const code = cause.code === 'EXPIRED' ? 'EXPIRED' : 'DENIED';
  const details = { actionId: action.actionId, reason: cause.message };
  const message = `'${action.action}' may not run under this approval: ${cause.message}`;
  return new VerificationError(message, { code, details, cause });
}

/** What goes wrong after the question was asked names it. */
function nameAction(error: unknown, { actionId }: Action): unknown {
  if (!BonafideError.is(error) || !error.retryable) return error;
  const { code, message, cause, requestId } = error;
  const options = { details: { ...error.details, actionId }, cause, requestId };
  if (error instanceof TimeoutError) return new TimeoutError(message, options);
  if (error instanceof ConnectionError) return new ConnectionError(message, options);
  return new BonafideError(code, message, options);
}

function ask(client: Client, request: ActionRequest, options: CallOptions = {}): Promise<Action> {
  // Always a new question: an answer replayed under the caller's key would permit a second run.
  const { idempotencyKey: _, ...rest } = options;
  return client.actions.verify(toInput(request), rest);
}

type VerifyInput = NonNullable<Parameters<Client['actions']['verify']>[0]>;

// The schema of the operation checks that the parameters are JSON.
function toInput(request: ActionRequest): VerifyInput {
  return request as VerifyInput;
}

function toGrant(client: Client, action: Action, parametersDigest: string): Grant {
  const { actionId, status, reason } = action;
  if (status !== 'approved') throw refused(action);
  if (action.parametersDigest !== parametersDigest) {
    throw new VerificationError(
      `'${action.action}' was approved with other parameters than were asked for.`,
      {
        details: { actionId, reason },
      },
    );
  }
  return {
    actionId,
    parametersDigest,
    complete: (outcome) => reportOutcome(client, { actionId, parametersDigest, ...toOutcomeReport(outcome) }),
  };
}

type OutcomeInput = Parameters<Client['actions']['complete']>[0];

const REPORT_FOR_MS = 30_000;
const REPORT_PAUSE_MS = 500;

/** What happened must reach the log also when the gateway is starting again just then. */
function reportOutcome(client: Client, input: OutcomeInput): Promise<Action> {
  return insist((idempotencyKey) => client.actions.complete(input, { idempotencyKey }));
}

/** Offers one write, under one key, for a while. */
export async function insist<Output>(write: (idempotencyKey: string) => Promise<Output>): Promise<Output> {
  const idempotencyKey = v7();
  const giveUpAt = Date.now() + REPORT_FOR_MS;
  for (;;) {
    try {
      return await write(idempotencyKey);
    } catch (error) {
      if (!BonafideError.is(error) || !error.retryable || Date.now() > giveUpAt) throw error;
    }
    await delay(REPORT_PAUSE_MS, AbortSignal.timeout(REPORT_FOR_MS + REPORT_PAUSE_MS));
  }
}

function refused({ action, actionId, status, reason }: Action): VerificationError {
  const code = status === 'expired' ? 'EXPIRED' : 'DENIED';
  const verdict = status === 'denied' ? 'denied' : `not permitted, it is ${status}`;
  return new VerificationError(`'${action}' was ${verdict}: ${reason}`, {
    code,
    details: { actionId, reason },
  });
}

function undecided(asked: {
  readonly action: string;
  readonly actionId: string | undefined;
  readonly timeoutMs: number;
}): VerificationError {
  const reason = `Nobody decided within ${asked.timeoutMs} ms.`;
  const details = { reason, actionId: asked.actionId };
  return new VerificationError(`'${asked.action}' was not permitted: ${reason}`, {
    code: 'EXPIRED',
    details,
  });
}
