import type { Score } from '../market/types.ts';

/** Passes exactly the bytes with this sha-256 (`0x…`), or with the one that `expected` finds for a job. */
export function checksumValidator(
  expected: string | ((task: Parameters<Score>[0]) => string | Promise<string>),
): Score {
  return async (task) => {
    const digest = typeof expected === 'string' ? expected : await expected(task);
    const isSame = task.job.deliverable?.toLowerCase() === digest.toLowerCase();
    return {
      score: isSame ? 100 : 0,
      evidence: { json: { check: 'checksum', expected: digest, delivered: task.job.deliverable } },
    };
  };
}
