import type { Reputation } from '../../models/reputation.ts';

/** What is known of who would do the work; what is absent is unknown, which counts neither for nor against. */
export interface ProviderFacts {
  readonly isRevoked: boolean;
  readonly hasWallet: boolean;
  readonly record?: Reputation | undefined;
  readonly trust?: { readonly score: number; readonly isProvisional: boolean } | undefined;
}

/** How a provider stands, and the sentence that says why. */
export interface Standing {
  readonly level: 'unknown' | 'good' | 'mixed' | 'bad';
  readonly reason: string;
}

const MANY_JOBS = 5;
const ENOUGH_JOBS = 3;
const GOOD_SCORE = 80;
const BAD_SCORE = 50;
const GOOD_TRUST = 0.6;
const BAD_TRUST = 0.3;

/** Only settled jobs and a trust score that is not provisional say anything. */
export function standingOf(provider: ProviderFacts | undefined): Standing {
  if (!provider)
    return { level: 'unknown', reason: 'No provider is named, so nothing speaks for or against one.' };
  if (provider.isRevoked) return { level: 'bad', reason: 'The provider is revoked.' };
  const record = standingOfRecord(provider.record);
  const trust = standingOfTrust(provider.trust);
  const order = ['bad', 'mixed', 'good', 'unknown'];
  return order.indexOf(trust.level) < order.indexOf(record.level) ? trust : record;
}

function standingOfRecord(record: Reputation | undefined): Standing {
  // By amount, so that many small jobs do not outweigh a large one.
  const score = record?.weightedScore ?? record?.averageScore;
  if (!record || record.settledJobs === 0 || score === undefined) {
    return { level: 'unknown', reason: 'No job of the provider has settled yet: it is unknown, not bad.' };
  }
  const { settledJobs, rejectedJobs } = record;
  const said = `${countOf(settledJobs)} of the provider settled, with an average score of ${Math.round(score)}`;
  if (settledJobs >= ENOUGH_JOBS && score < BAD_SCORE) return { level: 'bad', reason: `${said}.` };
  if (score < GOOD_SCORE || rejectedJobs * 4 > settledJobs) {
    return { level: 'mixed', reason: `${said}; ${rejectedJobs} failed.` };
  }
  if (settledJobs < MANY_JOBS) return { level: 'unknown', reason: `${said}: good, but few.` };
  return { level: 'good', reason: `${said}.` };
}

function standingOfTrust(trust: ProviderFacts['trust']): Standing {
  if (!trust || trust.isProvisional || trust.score >= GOOD_TRUST) return { level: 'unknown', reason: '' };
  const reason = `The trust score of the provider is ${trust.score.toFixed(2)} of 1.`;
  return { level: trust.score < BAD_TRUST ? 'bad' : 'mixed', reason };
}

const countOf = (jobs: number): string => (jobs === 1 ? 'One job' : `${jobs} jobs`);
