import { BonafideError } from '../../errors.ts';

/** Collects the names of the cases that did not come out as the vectors say; empty when all did. */
export class Failures {
  readonly names: string[] = [];
  count = 0;

  async expect(name: string, expected: unknown, actual: () => unknown): Promise<void> {
    this.count += 1;
    const wanted = JSON.stringify(expected);
    const got = JSON.stringify(await outcome(actual));
    if (got !== wanted) this.names.push(`${name}: expected ${wanted}, got ${got}`);
  }
}

/** What a refusal compares as. */
export function refused(reason: string | undefined): { refused: string | undefined } {
  return { refused: reason };
}

async function outcome(run: () => unknown): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    return BonafideError.is(error) ? refused(String(error.details.reason)) : { thrown: String(error) };
  }
}
