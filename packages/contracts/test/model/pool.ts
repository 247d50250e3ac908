import { encodeAbiParameters, keccak256, numberToHex } from 'viem';
import { clock } from './clock.ts';
import { authorizationRules, isBlacklisted, move, pullRules, useAuthorization } from './money.ts';
import { type Account, type Arbitrator, type Outcome, type State, unless } from './state.ts';

const minStake = 100_000_000n;
export const notice = 120 * 86_400;
const slashBps = 1_000n;
const maxProbes = 64;

const unseated: Arbitrator = {
  stake: 0n,
  noticeAt: null,
  seat: null,
  open: 0,
  ruled: 0,
  missed: 0,
  offered: [],
};

export const arbitratorOf = (state: State, account: Account): Arbitrator =>
  state.pool.arbitrators[account] ?? unseated;

function setArbitrator(state: State, account: Account, change: Partial<Arbitrator>): State {
  const arbitrator = { ...arbitratorOf(state, account), ...change };
  const arbitrators = { ...state.pool.arbitrators, [account]: arbitrator };
  return { ...state, pool: { ...state.pool, arbitrators } };
}

/** Records what the arbitrator offers from now on. */
function offer(state: State, account: Account): State {
  const { noticeAt, stake, offered } = arbitratorOf(state, account);
  const entry = [clock(state), noticeAt === null ? stake : 0n] as const;
  return setArbitrator(state, account, { offered: [...offered, entry] });
}

export function join(
  state: State,
  call: { account: Account; stake: bigint; signer: Account | null; purpose: string },
): Outcome {
  const { account, stake, signer, purpose } = call;
  const broken = {
    StakeTooLow: stake < minStake,
    AlreadyArbitrator: arbitratorOf(state, account).seat !== null,
    ...pullRules(state, account, stake),
    ...(signer ? authorizationRules(state, { from: account, signer, purpose }) : {}),
  };
  return unless(broken, () => {
    const paid = move(signer ? useAuthorization(state, purpose) : state, account, 'pool', stake);
    const { state: seated, seat } = takeSeat(paid, account);
    return offer(setArbitrator(seated, account, { stake, noticeAt: null, seat }), account);
  });
}

function takeSeat(state: State, account: Account): { state: State; seat: number } {
  const { seats, emptySeats, counts } = state.pool;
  const empty = emptySeats.at(-1);
  const seat = empty ?? seats.length;
  const pool =
    empty === undefined
      ? { ...state.pool, seats: [...seats, account], counts: [...counts, [clock(state), seat + 1] as const] }
      : { ...state.pool, seats: seats.with(seat, account), emptySeats: emptySeats.slice(0, -1) };
  return { state: { ...state, pool }, seat };
}

export function addStake(state: State, caller: Account, amount: bigint): Outcome {
  const { seat, stake } = arbitratorOf(state, caller);
  const broken = { NotAnArbitrator: seat === null, ...pullRules(state, caller, amount) };
  return unless(broken, () =>
    offer(setArbitrator(move(state, caller, 'pool', amount), caller, { stake: stake + amount }), caller),
  );
}

export function requestLeave(state: State, caller: Account): Outcome {
  const { seat, noticeAt } = arbitratorOf(state, caller);
  const broken = { NotAnArbitrator: seat === null, NoticeRunning: noticeAt !== null };
  return unless(broken, () => offer(setArbitrator(state, caller, { noticeAt: clock(state) }), caller));
}

export function cancelLeave(state: State, caller: Account): Outcome {
  const { seat, noticeAt } = arbitratorOf(state, caller);
  const broken = { NotAnArbitrator: seat === null, NoticeNotGiven: seat !== null && noticeAt === null };
  return unless(broken, () => offer(setArbitrator(state, caller, { noticeAt: null }), caller));
}

export function withdrawStake(state: State, caller: Account): Outcome {
  const { seat, noticeAt, stake, open } = arbitratorOf(state, caller);
  const broken = {
    NotAnArbitrator: seat === null,
    NoticeNotGiven: seat !== null && noticeAt === null,
    NoticeRunning: noticeAt !== null && clock(state) < noticeAt + notice,
    StillAssigned: open > 0,
    BlacklistedAccount: isBlacklisted(state, caller),
  };
  return unless(broken, () => {
    const seats = state.pool.seats.with(seat ?? 0, null);
    const emptySeats = [...state.pool.emptySeats, seat ?? 0];
    const left = { ...state, pool: { ...state.pool, seats, emptySeats } };
    const gone = setArbitrator(left, caller, { stake: 0n, noticeAt: null, seat: null });
    return move(gone, 'pool', caller, stake);
  });
}

export const begin = (state: State, account: Account): State =>
  setArbitrator(state, account, { open: arbitratorOf(state, account).open + 1 });

export function end(state: State, account: Account, ruled: number): State {
  const arbitrator = arbitratorOf(state, account);
  return setArbitrator(state, account, { open: arbitrator.open - 1, ruled: arbitrator.ruled + ruled });
}

export function slash(state: State, account: Account): State {
  const { stake, open, missed } = arbitratorOf(state, account);
  const amount = (stake * slashBps) / 10_000n;
  const change = { stake: stake - amount, open: open - 1, missed: missed + 1 };
  const slashed = offer(setArbitrator(state, account, change), account);
  const owed = amount + state.pool.unsentSlashes;
  const refused = isBlacklisted(state, 'treasury');
  const pool = { ...slashed.pool, unsentSlashes: refused ? owed : 0n };
  return refused ? { ...slashed, pool } : move({ ...slashed, pool }, 'pool', 'treasury', owed);
}

function lastBefore<T>(history: readonly (readonly [time: number, value: T])[], time: number): T | undefined {
  return history.findLast(([since]) => since < time)?.[1];
}

export interface Draw {
  entropy: bigint;
  assignment: number;
  escalatedAt: number;
  stake: bigint;
  excluded: readonly (Account | null)[];
}

/** Who is drawn: the first eligible one of a shuffle of the seats there were at the escalation. */
export function draw(state: State, request: Draw): Account | null {
  const { entropy, assignment, escalatedAt, stake, excluded } = request;
  if (clock(state) >= escalatedAt + notice) return null;
  const count = lastBefore(state.pool.counts, escalatedAt) ?? 0;
  const seats = Array.from({ length: count }, (_, seat) => seat);
  const needed = stake > minStake ? stake : minStake;
  for (let i = 0; i < Math.min(count, maxProbes); i++) {
    const pick = i + Number(random([entropy, BigInt(assignment), BigInt(i)]) % BigInt(count - i));
    [seats[i], seats[pick]] = [seats[pick] ?? 0, seats[i] ?? 0];
    const candidate = state.pool.seats[seats[i] ?? 0] ?? null;
    if (candidate === null || excluded.includes(candidate)) continue;
    const { stake: has, offered } = arbitratorOf(state, candidate);
    if (has >= needed && (lastBefore(offered, escalatedAt) ?? 0n) >= needed) return candidate;
  }
  return null;
}

function random([entropy, assignment, i]: readonly [bigint, bigint, bigint]): bigint {
  const types = [{ type: 'bytes32' }, { type: 'uint8' }, { type: 'uint256' }] as const;
  const values = [numberToHex(entropy, { size: 32 }), Number(assignment), i] as const;
  return BigInt(keccak256(encodeAbiParameters(types, values)));
}
