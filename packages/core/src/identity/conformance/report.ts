import type { CryptoBackend } from '../backends/backend.ts';
import { Failures } from './failures.ts';
import { checkCanonicalJson, checkDidKey, checkSealedBox } from './format-vectors.ts';
import { hostileVerdicts } from './hostile-verdicts.ts';
import { checkEnvelopes, checkRequestProfile, checkRfc9421 } from './message-vectors.ts';
import { checkRfc8032, checkStrictRules } from './signature-vectors.ts';

/** The same inputs in every runtime, so that verdicts can be compared between them. */
export const HOSTILE_INPUTS = { seed: 20_261_121, count: 150 } as const;

/** How one backend did on all vectors: what failed, how much was checked, and its verdicts on hostile input. */
export interface ConformanceReport {
  readonly backend: string;
  readonly failures: readonly string[];
  readonly checked: number;
  readonly verdicts: string;
}

export async function createReport(backend: CryptoBackend): Promise<ConformanceReport> {
  const failures = new Failures();
  await checkRfc8032(backend, failures);
  await checkStrictRules(backend, failures);
  await checkRfc9421(backend, failures);
  await checkRequestProfile(backend, failures);
  await checkEnvelopes(backend, failures);
  await checkDidKey(failures);
  await checkCanonicalJson(failures);
  await checkSealedBox(failures);
  const verdicts = await hostileVerdicts(backend, HOSTILE_INPUTS);
  return { backend: backend.name, failures: failures.names, checked: failures.count, verdicts };
}
