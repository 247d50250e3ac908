import type { PolicyTestCase } from '@bonafide/core/models';
import type { ActionPolicy, Rehearsed } from '../actions/decide.ts';
import type { Reader } from '../stores/store.ts';

type Result = Rehearsed & { readonly hasPassed: boolean };

/** Decides each case and compares; nothing is stored and nobody is asked. */
export async function testPolicies(
  reader: Reader,
  {
    policy,
    cedar,
    cases,
  }: { policy: ActionPolicy; cedar?: string | undefined; cases: readonly PolicyTestCase[] },
): Promise<{ passed: number; failed: number; results: Result[] }> {
  const rehearsed = await policy.rehearse(reader, { cases, cedar });
  const results = rehearsed.map((each): Result => ({ ...each, hasPassed: each.status === each.expected }));
  const passed = results.filter(({ hasPassed }) => hasPassed).length;
  return { passed, failed: results.length - passed, results };
}
