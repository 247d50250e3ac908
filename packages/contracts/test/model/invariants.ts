import { balanceOf } from './money.ts';
import { type Dispute, escrowOf, isHeld, type Payer, type State } from './state.ts';

const total = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);

const creditsOf = (state: State, payer: Payer): bigint => total(Object.values(state.credits[payer]));

function bondsOf({ stage, respondent, bond }: Dispute): bigint {
  if (stage === 'Closed') return 0n;
  return respondent === null ? bond : 2n * bond;
}

/** What each vault must hold to the unit. */
function owed(state: State): Readonly<Record<'kernel' | 'court' | 'disputes' | 'pool', bigint>> {
  const { jobs, pool } = state;
  const escrows = total(jobs.filter(isHeld).map(escrowOf));
  const bonds = total(jobs.map(({ dispute }) => (dispute ? bondsOf(dispute) : 0n)));
  const stakes = total(Object.values(pool.arbitrators).map(({ stake }) => stake));
  return {
    kernel: escrows + creditsOf(state, 'kernel'),
    court: creditsOf(state, 'court'),
    disputes: bonds + creditsOf(state, 'disputes'),
    pool: stakes + pool.unsentSlashes,
  };
}

/** What holds in every state, whatever happened. */
export function brokenInvariants(state: State): string[] {
  const { reserve, fund } = state.treasury;
  const vaults = Object.entries(owed(state)).filter(([vault, amount]) => balanceOf(state, vault) !== amount);
  const negative = Object.entries(state.balances).filter(([, amount]) => amount < 0n);
  return [
    ...vaults.map(([vault, amount]) => `${vault} holds ${balanceOf(state, vault)} and owes ${amount}`),
    ...negative.map(([account, amount]) => `${account} has ${amount}`),
    ...(balanceOf(state, 'treasury') < reserve + fund ? ['the treasury counts more than it has'] : []),
  ];
}
