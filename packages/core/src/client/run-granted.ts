import { BonafideError } from '../errors.ts';
import type { Grant } from './types.ts';

interface GrantedRun<Result> {
  readonly run: () => Result | Promise<Result>;
  /** What of the result goes to the log; default all of it. */
  readonly toLogged?: ((result: Result) => unknown) | undefined;
  readonly warn: (error: BonafideError) => void;
}

/** Runs once what was permitted and reports how it ended; an error of the run is reported and thrown as it is. */
export async function runGranted<Result>(
  grant: Grant,
  { run, toLogged = (result) => result, warn }: GrantedRun<Result>,
): Promise<Result> {
  let result: Result;
  try {
    result = await run();
  } catch (error) {
    await report(grant, { outcome: { error }, warn });
    throw error;
  }
  await report(grant, { outcome: { result: toLogged(result) }, warn });
  return result;
}

/**
 * What has run has run: an outcome that cannot be reported becomes a warning, because an error would invite the caller
 * to do it again.
 */
async function report(
  grant: Grant,
  {
    outcome,
    warn,
  }: {
    readonly outcome: Parameters<Grant['complete']>[0];
    readonly warn: (error: BonafideError) => void;
  },
): Promise<void> {
  try {
    await grant.complete(outcome);
  } catch (cause) {
    const { actionId } = grant;
    const message = `Action ${actionId} has ended, but its outcome could not be reported.`;
    warn(new BonafideError('UNAVAILABLE', message, { cause, details: { actionId } }));
  }
}
