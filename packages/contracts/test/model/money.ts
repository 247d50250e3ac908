import { type Account, type Broken, type Outcome, type Payer, type State, unless } from './state.ts';

export const balanceOf = (state: State, account: Account): bigint => state.balances[account] ?? 0n;

export const creditOf = (state: State, payer: Payer, account: Account): bigint =>
  state.credits[payer][account] ?? 0n;

export const isBlacklisted = (state: State, account: Account): boolean => state.blacklist.includes(account);

export function move(state: State, from: Account, to: Account, amount: bigint): State {
  const without = { ...state.balances, [from]: balanceOf(state, from) - amount };
  return { ...state, balances: { ...without, [to]: (without[to] ?? 0n) + amount } };
}

/** What the token refuses when a contract pulls. */
export function pullRules(state: State, from: Account, amount: bigint): Broken {
  return {
    ERC20InsufficientBalance: balanceOf(state, from) < amount,
    BlacklistedAccount: isBlacklisted(state, from),
  };
}

/** A payout that the token refuses waits for the payee. */
export function pay(state: State, from: Payer, payment: { to: Account; amount: bigint }): State {
  const { to, amount } = payment;
  if (amount === 0n) return state;
  if (!isBlacklisted(state, to)) return move(state, from, to, amount);
  const credits = { ...state.credits[from], [to]: creditOf(state, from, to) + amount };
  return { ...state, credits: { ...state.credits, [from]: credits } };
}

export function withdraw(state: State, caller: Account, from: Payer): Outcome {
  const amount = creditOf(state, from, caller);
  const broken = { NothingToWithdraw: amount === 0n, BlacklistedAccount: isBlacklisted(state, caller) };
  return unless(broken, () => {
    const credits = { ...state.credits, [from]: { ...state.credits[from], [caller]: 0n } };
    return move({ ...state, credits }, from, caller, amount);
  });
}

/** A signed authorization: for exactly one purpose, and once. */
export function authorizationRules(
  state: State,
  authorization: { from: Account; signer: Account; purpose: string },
): Broken {
  const { from, signer, purpose } = authorization;
  return {
    ERC3009InvalidSignature: signer !== from,
    ERC3009UsedAuthorization: state.usedAuthorizations.includes(purpose),
  };
}

export const useAuthorization = (state: State, purpose: string): State => ({
  ...state,
  usedAuthorizations: [...state.usedAuthorizations, purpose],
});
