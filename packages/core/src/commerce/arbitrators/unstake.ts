import { arbitratorPoolAbi } from '@bonafide/contracts';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import { formatUsdc } from '../../models/money.ts';
import type { unstakeArbitrator as operation } from '../../operations/arbitrators/unstake.ts';
import { conflict } from '../refusals.ts';
import { transact } from '../transact.ts';
import { MIN_GAS, readSeat, type Seat } from './seat.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

/** arbitrators.unstake: announces, later collects; or takes the announcement back. */
export async function unstakeArbitrator(context: LocalContext, { stay = false }: Input): Promise<Output> {
  const seat = await readSeat(context);
  if (stay) return remain(context, seat);
  const { address, stake, isSeated, isLeaving, isFree, leaveFrom, openDisputes } = seat;
  const stakeUsdc = formatUsdc(stake);
  if (!isSeated) return { address, stakeUsdc, status: 'left' };
  if (!isLeaving) {
    const transactionHash = await send(context, { seat, functionName: 'requestLeave' });
    return { address, stakeUsdc, status: 'leaving', leaveFrom, transactionHash };
  }
  if (!isFree) return { address, stakeUsdc, status: 'leaving', leaveFrom };
  if (openDisputes > 0) {
    const message = `The stake is needed until the disputes assigned to this wallet have ended: ${openDisputes} are open.`;
    throw conflict(message, { reason: 'ASSIGNED', openDisputes });
  }
  const transactionHash = await send(context, { seat, functionName: 'withdrawStake' });
  return { address, stakeUsdc: '0', status: 'left', transactionHash };
}

async function remain(context: LocalContext, seat: Seat): Promise<Output> {
  const { address, stake, isSeated, isLeaving } = seat;
  if (!isSeated) throw conflict('This wallet has no seat to stay in; take one with arbitrators.stake.');
  const staying = { address, stakeUsdc: formatUsdc(stake), status: 'active' } as const;
  if (!isLeaving) return staying;
  return { ...staying, transactionHash: await send(context, { seat, functionName: 'cancelLeave' }) };
}

interface Leaving {
  readonly seat: Seat;
  readonly functionName: 'requestLeave' | 'cancelLeave' | 'withdrawStake';
}

async function send(context: LocalContext, { seat, functionName }: Leaving): Promise<string> {
  const address = seat.chain.deployment.arbitratorPool;
  const { transactionHash } = await transact(context, {
    address,
    abi: arbitratorPoolAbi,
    functionName,
    args: [],
    minGas: MIN_GAS,
  });
  return transactionHash;
}
