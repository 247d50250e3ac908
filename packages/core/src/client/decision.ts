import { BonafideError } from '../errors.ts';
import type { Action } from '../models/action.ts';
import { delay } from '../transport/deadline.ts';
import type { Client } from './types.ts';

interface WaitOptions {
  readonly actionId: string;
  readonly signal: AbortSignal;
  readonly pollIntervalMs: number;
}

/** The action once it is decided: told by its stream, or found by asking now and then where streams do not get through. */
export async function waitForDecision(
  client: Client,
  { actionId, signal, pollIntervalMs }: WaitOptions,
): Promise<Action> {
  const decided = new AbortController();
  const either = { actionId, signal: AbortSignal.any([signal, decided.signal]), pollIntervalMs };
  try {
    return await Promise.any([follow(client, either), poll(client, either)]);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof AggregateError ? error.errors.at(-1) : error;
  } finally {
    decided.abort();
  }
}

async function follow(client: Client, { actionId, signal }: WaitOptions): Promise<Action> {
  for await (const action of client.actions.wait({ actionId }, { signal })) {
    if (action.status !== 'pending') return action;
  }
  throw new BonafideError('UNAVAILABLE', 'The stream ended before the action was decided.');
}

async function poll(client: Client, { actionId, signal, pollIntervalMs }: WaitOptions): Promise<Action> {
  for (;;) {
    await delay(pollIntervalMs, signal);
    const action = await tryGet(client, actionId, signal);
    if (action && action.status !== 'pending') return action;
  }
}

async function tryGet(client: Client, actionId: string, signal: AbortSignal): Promise<Action | undefined> {
  try {
    return await client.actions.get({ actionId }, { signal });
  } catch (error) {
    // A gateway that is away for a moment decides nothing.
    if (BonafideError.is(error) && error.retryable && !signal.aborted) return undefined;
    throw error;
  }
}
