import { fromContractFailure } from './reverts.ts';

/** Reads from the chain; what fails is one of our errors, and says what was being read. */
export async function reading<Result>(what: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    throw fromContractFailure(cause, `reading ${what}`);
  }
}
