import type { Content, JobTask, Score } from '../market/types.ts';

export interface RerunOptions<Result> {
  /** Does the work again from the specification. */
  readonly run: (task: JobTask) => Result | Promise<Result>;
  /** Reads a delivery into the same shape; what it throws counts as no result at all. */
  readonly read: (delivery: Content) => Result | Promise<Result>;
  /** How much of the expected result the delivery has, 0 to 100. Default: all of it as JSON, or nothing. */
  readonly compare?: ((expected: Result, delivered: Result) => number) | undefined;
}

/** Does the work a second time and scores the delivery against its own result; for work that comes out the same. */
export function rerunValidator<Result>({ run, read, compare = equal }: RerunOptions<Result>): Score {
  return async (task) => {
    const delivery = await task.deliverable();
    const expected = await run(task);
    const delivered = await attempt(() => read(delivery));
    const points = 'result' in delivered ? Math.floor(compare(expected, delivered.result)) : 0;
    const score = Math.min(100, Math.max(0, points));
    return {
      score,
      evidence: {
        json: {
          check: 'rerun',
          deliverable: delivery.digest,
          score,
          ...('problem' in delivered && { problem: delivered.problem }),
        },
      },
    };
  };
}

const equal = (expected: unknown, delivered: unknown): number =>
  toSortedJson(expected) === toSortedJson(delivered) ? 100 : 0;

// Not canonical JSON (RFC 8785), which refuses texts that a stranger may deliver.
const toSortedJson = (value: unknown): string =>
  JSON.stringify(value, (_, each) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  );

async function attempt<Result>(
  read: () => Result | Promise<Result>,
): Promise<{ readonly result: Result } | { readonly problem: string }> {
  try {
    return { result: await read() };
  } catch (error) {
    return { problem: error instanceof Error ? error.message.slice(0, 200) : 'unreadable' };
  }
}
