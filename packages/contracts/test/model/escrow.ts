import { move, pay } from './money.ts';
import { escrowOf, type Job, type State, setJob } from './state.ts';

export function startEscrow(state: State, job: Job): State {
  return move(setJob(state, job.id, { status: 'Funded' }), job.client, 'kernel', escrowOf(job));
}

/** What an evaluator's decision moves; it has earned its fee whatever it decides. */
export function decide(state: State, job: Job, providerAmount: bigint): State {
  const ended = setJob(state, job.id, { status: providerAmount === 0n ? 'Rejected' : 'Completed' });
  const divided = divide(ended, job, { providerAmount, refund: job.budget - providerAmount });
  return pay(divided, 'kernel', { to: job.evaluator, amount: job.evaluatorFee });
}

/** Fees come out of what the provider gets. */
export function divide(state: State, job: Job, amounts: { providerAmount: bigint; refund: bigint }): State {
  const { providerAmount, refund } = amounts;
  const fee = (providerAmount * job.feeBps) / 10_000n;
  const templateFee = (providerAmount * job.templateFeeBps) / 10_000n;
  const payouts = [
    { to: job.provider ?? 'nobody', amount: providerAmount - fee - templateFee },
    { to: state.platformFee.treasury ?? 'nobody', amount: fee },
    { to: state.templates[job.templateId - 1]?.creator ?? 'nobody', amount: templateFee },
    { to: job.client, amount: refund },
  ];
  return payouts.reduce((before, payout) => pay(before, 'kernel', payout), state);
}
