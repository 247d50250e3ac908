import { BonafideError, type Grant } from '@bonafide/core';

interface Reporting {
  readonly grant: Grant | undefined;
  readonly onError: (error: BonafideError) => void;
}

/** Runs what was permitted, and has its outcome in the audit log before anybody is told. */
export async function runReported<Result>(
  { grant, onError }: Reporting,
  run: () => Promise<Result>,
): Promise<Result> {
  const report = async (outcome: Parameters<Grant['complete']>[0]): Promise<void> => {
    try {
      await grant?.complete(outcome);
    } catch (cause) {
      // What has run has run: an error here would invite the caller to do it again.
      const message = `Action ${grant?.actionId} has ended, but its outcome could not be reported.`;
      onError(new BonafideError('UNAVAILABLE', message, { cause, details: { actionId: grant?.actionId } }));
    }
  };
  let result: Result;
  try {
    result = await run();
  } catch (error) {
    await report({ error });
    throw error;
  }
  await report({ result });
  return result;
}
