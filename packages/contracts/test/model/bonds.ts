import { pay } from './money.ts';
import type { Account, Agreement, Dispute, Job, State } from './state.ts';
import { cover } from './treasury.ts';

interface Payment {
  to: Account;
  amount: bigint;
}

const payAll = (state: State, payments: readonly Payment[]): State =>
  payments.reduce((before, payment) => pay(before, 'disputes', payment), state);

const openerPercent = ({ openerIsProvider, percent }: Dispute): bigint =>
  BigInt(openerIsProvider ? percent : 100 - percent);

/** A default returns what each side has posted. */
export function returnBonds(state: State, { opener, respondent, bond }: Dispute): State {
  const parties = respondent === null ? [opener] : [opener, respondent];
  return payAll(
    state,
    parties.map((to) => ({ to, amount: bond })),
  );
}

/** After a ruling: half of a bond to the arbitrator, the rest in proportion to what was won. */
export function divideBonds(state: State, job: Job, dispute: Dispute, judge: Account): State {
  const fee = dispute.bond / 2n;
  const platformFee = (((job.budget * BigInt(dispute.percent)) / 100n) * job.feeBps) / 10_000n;
  const owed = (fee * openerPercent(dispute)) / 100n;
  const silent = dispute.respondent === null;
  const covered = silent ? cover(state, owed < platformFee ? owed : platformFee) : { state, paid: 0n };
  return payAll(covered.state, [...sharesOf(dispute, fee, covered.paid), { to: judge, amount: fee }]);
}

/** After a re-validation that stands: a quarter of a bond to those who scored. */
export function payRevalidators(state: State, { rules }: Agreement, dispute: Dispute): State {
  const voters = rules.revalidators.filter((each) => each in dispute.scores);
  const each = dispute.bond / 4n / BigInt(voters.length);
  const shares = sharesOf(dispute, each * BigInt(voters.length), 0n);
  return payAll(state, [...shares, ...voters.map((to) => ({ to, amount: each }))]);
}

function sharesOf(dispute: Dispute, fee: bigint, covered: bigint): Payment[] {
  const { opener, respondent, bond } = dispute;
  const won = openerPercent(dispute);
  if (respondent !== null) {
    const pot = 2n * bond - fee;
    const toOpener = (pot * won) / 100n;
    return [
      { to: opener, amount: toOpener },
      { to: respondent, amount: pot - toOpener },
    ];
  }
  // Who did not answer wins nothing; what it would have won goes to the treasury.
  const forfeited = ((bond - fee) * (100n - won) ** 2n) / 10_000n;
  return [
    { to: opener, amount: bond + covered - fee - forfeited },
    { to: 'treasury', amount: forfeited },
  ];
}
