import { v7 } from 'uuid';
import { BonafideError, VerificationError } from '../errors.ts';
import { digestOf } from '../identity/canonical.ts';
import type { Action } from '../models/action.ts';
import { delay, startDeadline } from '../transport/deadline.ts';
import { waitForDecision } from './decision.ts';
import { toOutcomeReport } from './outcome.ts';
import type { ActionRequest, CallOptions, Client, Grant } from './types.ts';

export interface GovernanceOptions {
  /** Longest wait for a person; default 15 minutes. */
  readonly approvalTimeoutMs?: number | undefined;
  /** How often to ask where streams do not get through; default 5 s. */
  readonly pollIntervalMs?: number | undefined;
  /** Told what could not be done after the fact, such as reporting an outcome; default a process warning. */
  readonly onWarning?: ((error: BonafideError) => void) | undefined;
}

/** Asks the gateway for permission, waits for a person, and reports outcomes. Whatever fails, nothing is permitted. */
export interface Governance {
  verifyAction(request: ActionRequest, options?: CallOptions): Promise<boolean>;
  authorize(request: ActionRequest, options?: CallOptions): Promise<Grant>;
}

export function createGovernance(client: Client, settings: GovernanceOptions): Governance {
  return {
    verifyAction: async (request, options) => {
      const action = await ask(client, request, options);
      return action.status === 'approved';
    },
    authorize: (request, options = {}) => authorize(client, request, { ...settings, ...options }),
  };
}

async function authorize(
  client: Client,
  request: ActionRequest,
  options: GovernanceOptions & CallOptions,
): Promise<Grant> {
  const timeoutMs = options.timeoutMs ?? options.approvalTimeoutMs ?? 900_000;
  let actionId: string | undefined;
  const deadline = startDeadline({
    timeoutMs,
    signals: [options.signal],
    reason: () => undecided({ action: request.action, actionId, timeoutMs }),
  });
  try {
    const asked = await ask(client, request, { signal: deadline.signal });
    actionId = asked.actionId;
    const { signal } = deadline;
    const pollIntervalMs = options.pollIntervalMs ?? 5000;
    const isPending = asked.status === 'pending';
    const action = isPending ? await waitForDecision(client, { actionId, signal, pollIntervalMs }) : asked;
    return toGrant(client, action, digestOf(request.parameters ?? {}));
  } finally {
    deadline.end();
  }
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

/**
 * What happened must reach the log also when the gateway is starting again just then: the same report, under one key, is
 * offered for a while.
 */
async function reportOutcome(client: Client, input: OutcomeInput): Promise<Action> {
  const idempotencyKey = v7();
  const giveUpAt = Date.now() + REPORT_FOR_MS;
  for (;;) {
    try {
      return await client.actions.complete(input, { idempotencyKey });
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
