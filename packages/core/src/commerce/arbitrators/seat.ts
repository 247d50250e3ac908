import { agenticCommerceAbi, arbitratorPoolAbi } from '@bonafide/contracts';
import { type Hex, parseAbi } from 'viem';
import type { LocalContext } from '../../client/local-handlers.ts';
import { toTime } from '../../models/unix-time.ts';
import { type Chain, openChain } from '../chain.ts';
import { requireWallet } from '../context.ts';
import { reading } from '../reading.ts';

/** Constants of the pool, which are no part of its interface. */
const constantsAbi = parseAbi([
  'function MIN_STAKE() view returns (uint256)',
  'function NOTICE() view returns (uint48)',
]);

/** The pool keeps a history: what costs little in the second of the last change costs a new entry in the next one. */
export const MIN_GAS = 150_000n;

/** The seat of an account as the pool has it now. */
export interface Seat {
  readonly chain: Chain;
  readonly address: Hex;
  readonly isSeated: boolean;
  readonly stake: bigint;
  readonly minStake: bigint;
  readonly isLeaving: boolean;
  /** RFC 3339: from when on a leaving arbitrator can take the stake; from now on its notice for the others. */
  readonly leaveFrom: string;
  /** The notice is over. */
  readonly isFree: boolean;
  readonly openDisputes: number;
}

/** Reads the seat of the agent's wallet, taken or not. */
export async function readSeat(context: LocalContext): Promise<Seat> {
  const { address } = requireWallet(context);
  const chain = await openChain(context);
  const { node, deployment } = chain;
  const pool = deployment.arbitratorPool;
  const kernel = { address: deployment.agenticCommerce, abi: agenticCommerceAbi } as const;
  const [arbitrator, minStake, notice, clock, pausedSeconds] = await reading('the seat', () =>
    Promise.all([
      node.readContract({
        address: pool,
        abi: arbitratorPoolAbi,
        functionName: 'getArbitrator',
        args: [address],
      }),
      node.readContract({ address: pool, abi: constantsAbi, functionName: 'MIN_STAKE' }),
      node.readContract({ address: pool, abi: constantsAbi, functionName: 'NOTICE' }),
      node.readContract({ ...kernel, functionName: 'clock' }),
      node.readContract({ ...kernel, functionName: 'pausedSeconds' }),
    ]),
  );
  const { stake, since, noticeAt, open } = arbitrator;
  const free = (noticeAt === 0 ? clock : noticeAt) + notice;
  return {
    ...{ chain, address, stake, minStake },
    isSeated: since !== 0,
    isLeaving: noticeAt !== 0,
    leaveFrom: toTime(free + pausedSeconds),
    isFree: noticeAt !== 0 && clock >= free,
    openDisputes: open,
  };
}
