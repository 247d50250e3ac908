import { describe, expect, it } from 'vitest';
import { ValidationError } from '../errors.ts';
import type { DisputeRules, JobRules } from '../models/terms.ts';
import { checkRules, tailSeconds } from './rules.ts';

const account = (digit: string): string => `0x${digit.repeat(40)}`;
const parties = { client: account('A'), provider: account('b') };

const disputes: DisputeRules = {
  windowSeconds: 600,
  revalidators: [account('4'), account('5')],
  requiredRepasses: 2,
  bondBps: 500,
  evidenceSeconds: 700,
  rulingSeconds: 3_600,
  defaultPercent: 50,
};

const rules: JobRules = {
  validators: [account('1'), account('2'), account('3')],
  requiredPasses: 2,
  threshold: 80,
  validatorFeeUsdc: '0.5',
  validationSeconds: 1_000,
  silencePercent: 0,
  disputes,
};

function problemsOf(change: Partial<JobRules>): readonly string[] {
  try {
    checkRules({ ...rules, ...change }, parties);
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.issues.map(({ path, message }) => `${path} ${message}`);
  }
}

const problemsOfDisputes = (change: Partial<DisputeRules>): readonly string[] =>
  problemsOf({ disputes: { ...disputes, ...change } });

describe('checkRules', () => {
  it('takes rules at every bound', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ validationSeconds: 60, silencePercent: 100, threshold: 100 })).toEqual([]);
    expect(problemsOf({ validationSeconds: 2_592_000, threshold: 0, disputes: undefined } as never)).toEqual(
      [],
    );
    expect(problemsOfDisputes({ bondBps: 100, defaultPercent: 0 })).toEqual([]);
    expect(problemsOfDisputes({ bondBps: 5_000, defaultPercent: 100 })).toEqual([]);
    expect(problemsOfDisputes({ revalidators: [], requiredRepasses: 0 })).toEqual([]);
  });

  it.each([
    [{ validators: [] }, 'rules.validators must be 1 to 7 accounts'],
    [{ validators: '12345678'.split('').map(account) }, 'rules.validators must be 1 to 7 accounts'],
    [{ validators: [account('c'), account('C')] }, 'rules.validators must all be different'],
    [{ validators: [account('a'), account('1')] }, 'rules.validators must not be the client or the provider'],
    [{ validators: [account('1'), account('B')] }, 'rules.validators must not be the client or the provider'],
    [{ validators: [account('0'), account('1')] }, 'rules.validators must not be the zero address'],
    [{ requiredPasses: 0 }, 'rules.requiredPasses must be 1 to 3, the number of judges'],
    [{ requiredPasses: 4 }, 'rules.requiredPasses must be 1 to 3, the number of judges'],
    [{ threshold: 101 }, 'rules.threshold must be 0 to 100'],
    [{ threshold: -1 }, 'rules.threshold must be 0 to 100'],
    [{ threshold: Number.NaN }, 'rules.threshold must be 0 to 100'],
    [{ silencePercent: 101 }, 'rules.silencePercent must be 0 to 100'],
    [{ validationSeconds: 59 }, 'rules.validationSeconds must be 60 to 2592000 seconds'],
    [{ validationSeconds: 2_592_001 }, 'rules.validationSeconds must be 60 to 2592000 seconds'],
    [
      { validatorFeeUsdc: '26409387504754779197847.983446' },
      'rules.validatorFeeUsdc is more than the contracts can hold',
    ],
  ])('refuses %j', (change, problem) => {
    expect(problemsOf(change)).toContain(problem);
  });

  it.each([
    [{ windowSeconds: 599 }, 'rules.disputes.windowSeconds must be 600 to 2592000 seconds'],
    [{ evidenceSeconds: 599 }, 'rules.disputes.evidenceSeconds must be 600 to 2592000 seconds'],
    [{ rulingSeconds: 3_599 }, 'rules.disputes.rulingSeconds must be 3600 to 2592000 seconds'],
    [{ rulingSeconds: 2_592_001 }, 'rules.disputes.rulingSeconds must be 3600 to 2592000 seconds'],
    [{ bondBps: 99 }, 'rules.disputes.bondBps must be 100 to 5000'],
    [{ bondBps: 5_001 }, 'rules.disputes.bondBps must be 100 to 5000'],
    [{ defaultPercent: 101 }, 'rules.disputes.defaultPercent must be 0 to 100'],
    [{ requiredRepasses: 3 }, 'rules.disputes.requiredRepasses must be 1 to 2, the number of judges'],
    [{ requiredRepasses: 0 }, 'rules.disputes.requiredRepasses must be 1 to 2, the number of judges'],
    [{ revalidators: [] }, 'rules.disputes.requiredRepasses must be 0 without re-validators'],
    [
      { revalidators: [account('1'), account('4')] },
      'rules.disputes.revalidators must not be validators of the job too',
    ],
    [
      { revalidators: [account('4'), account('B')] },
      'rules.disputes.revalidators must not be the client or the provider',
    ],
  ])('refuses disputes with %j', (change, problem) => {
    expect(problemsOfDisputes(change)).toContain(problem);
  });

  it('names every problem at once', () => {
    expect(problemsOf({ threshold: 101, silencePercent: 101, validationSeconds: 1 })).toHaveLength(3);
  });

  it('leaves the parties open for a template', () => {
    expect(() => checkRules({ ...rules, validators: [parties.client], requiredPasses: 1 })).not.toThrow();
  });
});

describe('tailSeconds', () => {
  it('adds up every window that can come one after the other', () => {
    expect(tailSeconds({ ...rules, disputes: undefined } as never)).toBe(1_000 + 600);
    const one = 1_000 + 600;
    const arbitration = 700 + 3 * 3_600 + 3_600;
    expect(tailSeconds({ ...rules, disputes: { ...disputes, revalidators: [] } })).toBe(one + arbitration);
    expect(tailSeconds(rules)).toBe(2 * one + arbitration);
  });
});
