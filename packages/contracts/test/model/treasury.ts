import { balanceOf, isBlacklisted, move, withdraw } from './money.ts';
import { type Account, type Outcome, type Payer, type State, unless } from './state.ts';

const maxFundShareBps = 5_000n;

/** Divides what has arrived since. */
export function sync(state: State): State {
  const { reserve, fund, total, fundShareBps } = state.treasury;
  const arrived = balanceOf(state, 'treasury') - reserve - fund;
  const toFund = (arrived * fundShareBps) / 10_000n;
  const treasury = {
    reserve: reserve + arrived - toFund,
    fund: fund + toFund,
    total: total + arrived,
    fundShareBps,
  };
  return { ...state, treasury };
}

/** Fetches what the token once refused to deliver. */
export function collect(state: State, from: Payer): Outcome {
  const outcome = withdraw(state, 'treasury', from);
  return 'state' in outcome ? { state: sync(outcome.state) } : outcome;
}

export function withdrawReserve(
  state: State,
  call: { caller: Account; to: Account; amount: bigint },
): Outcome {
  const { caller, to, amount } = call;
  const synced = sync(state);
  const { reserve } = synced.treasury;
  const broken = {
    OwnableUnauthorizedAccount: caller !== 'owner',
    ReserveTooSmall: amount > reserve,
    BlacklistedAccount: isBlacklisted(state, 'treasury') || isBlacklisted(state, to),
  };
  const left = { ...synced.treasury, reserve: reserve - amount };
  return unless(broken, () => move({ ...synced, treasury: left }, 'treasury', to, amount));
}

export function setFundShare(state: State, caller: Account, bps: bigint): Outcome {
  const broken = { OwnableUnauthorizedAccount: caller !== 'owner', ShareTooHigh: bps > maxFundShareBps };
  return unless(broken, () => {
    const synced = sync(state);
    return { ...synced, treasury: { ...synced.treasury, fundShareBps: bps } };
  });
}

/** Pays the disputes contract for a judge whom no loser pays, as far as the fund reaches. */
export function cover(state: State, amount: bigint): { state: State; paid: bigint } {
  const synced = sync(state);
  const { fund } = synced.treasury;
  const paid = amount < fund ? amount : fund;
  if (paid === 0n || isBlacklisted(state, 'treasury')) return { state: synced, paid: 0n };
  const left = { ...synced.treasury, fund: fund - paid };
  return { state: move({ ...synced, treasury: left }, 'treasury', 'disputes', paid), paid };
}
