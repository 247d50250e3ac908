import { arbitratorPoolAbi, joinNonce } from '@bonafide/contracts';
import type { Hex } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import { formatUsdc, parseUsdc } from '../../models/money.ts';
import type { stakeArbitrator as operation } from '../../operations/arbitrators/stake.ts';
import { reading } from '../reading.ts';
import { invalid } from '../refusals.ts';
import { transact } from '../transact.ts';
import { allow } from '../usdc/approve.ts';
import { signAuthorization } from '../usdc/authorization.ts';
import { requireBalance } from '../usdc/token.ts';
import { MIN_GAS, readSeat, type Seat } from './seat.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

const VALID_SECONDS = 3_600n;

/**
 * arbitrators.stake: brings the stake to this amount, so that asking twice stakes once. A seat is taken by one signature;
 * adding to it takes an allowance, because the pool has no other way.
 */
export async function stakeArbitrator(context: LocalContext, { amountUsdc }: Input): Promise<Output> {
  const units = parseUsdc(amountUsdc);
  const seat = await readSeat(context);
  requireEnough(seat, units);
  if (seat.stake >= units) return describe(seat, seat.stake);
  const added = units - seat.stake;
  await requireBalance(seat.chain, { owner: seat.address, units: added });
  const transactionHash = seat.isSeated
    ? await add(context, { seat, added })
    : await join(context, seat, units);
  return { ...describe(seat, units), transactionHash };
}

function requireEnough({ minStake }: Seat, units: bigint): void {
  if (units < minStake)
    throw invalid('amountUsdc', `must be ${formatUsdc(minStake)} or more, as the pool asks`);
  if (units >= 2n ** 96n) throw invalid('amountUsdc', 'is more than the pool can hold');
}

const describe = ({ address, isLeaving, leaveFrom }: Seat, stake: bigint): Output => ({
  ...{ address, stakeUsdc: formatUsdc(stake) },
  ...(isLeaving ? { status: 'leaving', leaveFrom } : { status: 'active' }),
});

async function join(context: LocalContext, { chain, address }: Seat, stake: bigint): Promise<Hex> {
  const { node, deployment } = chain;
  const { timestamp } = await reading('the newest block', () => node.getBlock());
  const validBefore = timestamp + VALID_SECONDS;
  const to = deployment.arbitratorPool;
  const nonce = joinNonce(deployment, { arbitrator: address, stake });
  const payment = { to, units: stake, nonce, validBefore, purpose: `stake ${nonce}` };
  const signature = await signAuthorization(context, { chain, payment });
  const { transactionHash } = await transact(context, {
    address: to,
    abi: arbitratorPoolAbi,
    functionName: 'joinWithAuthorization',
    args: [address, stake, 0n, validBefore, signature],
  });
  return transactionHash;
}

async function add(
  context: LocalContext,
  { seat, added }: { readonly seat: Seat; readonly added: bigint },
): Promise<Hex> {
  const { chain } = seat;
  const { arbitratorPool } = chain.deployment;
  await allow(context, { chain, spender: arbitratorPool, units: added });
  const call = { address: arbitratorPool, abi: arbitratorPoolAbi, functionName: 'addStake' } as const;
  const { transactionHash } = await transact(context, { ...call, args: [added], minGas: MIN_GAS });
  return transactionHash;
}
