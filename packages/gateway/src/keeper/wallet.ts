import {
  type Hex,
  keccak256,
  type PrivateKeyAccount,
  type PublicClient,
  type TransactionReceipt,
} from 'viem';
import { findRevert } from '../chain/failures.ts';
import type { Ledger } from '../ledger.ts';
import { broadcast } from '../relay/broadcast.ts';
import type { Reads } from '../stores/store.ts';
import { dayOf } from '../time.ts';
import { CHAIN_WORKSPACE } from '../workspaces/names.ts';
import type { KeeperCall } from './calls.ts';

const RECEIPT_WAIT_MS = 45_000;

/** Why nothing is sent although something is due. */
export type HoldReason = 'gas price' | 'daily limit' | 'funds';

export interface Refusal {
  readonly result: 'refused';
  readonly revert: string;
}

/** What became of a call; `unknown` when the node did not tell in time. */
export type Sent =
  | { readonly result: 'done' | 'unknown'; readonly transactionHash: Hex; readonly feeWei: bigint }
  | Refusal
  | { readonly result: 'held'; readonly reason: HoldReason };

export interface KeeperWalletOptions {
  readonly account: PrivateKeyAccount;
  readonly client: PublicClient;
  readonly chainId: number;
  readonly ledger: Ledger;
  readonly read: Reads;
  /** In wei. */
  readonly maxFeePerGas: bigint;
  /** In wei. */
  readonly dailyLimit: bigint;
  readonly pollMs: number;
  readonly now: () => number;
}

/** Calls for the keeper with its own money: never without a simulation, above its gas price or beyond its daily limit. */
export async function send(options: KeeperWalletOptions, call: KeeperCall): Promise<Sent> {
  const gas = await simulate(options, call);
  if (typeof gas !== 'bigint') return gas;
  const { maxFeePerGas, maxPriorityFeePerGas } = await options.client.estimateFeesPerGas();
  if (maxFeePerGas > options.maxFeePerGas) return { result: 'held', reason: 'gas price' };
  const { account, client, chainId } = options;
  const nonce = await client.getTransactionCount({ address: account.address, blockTag: 'pending' });
  const most = gas * maxFeePerGas;
  // Counted before it is spent, once nothing but sending can fail: a crash then costs a part of the day's limit.
  if (!(await reserve(options, most))) return { result: 'held', reason: 'daily limit' };
  const fees = { gas, maxFeePerGas, maxPriorityFeePerGas };
  const serialized = await account.signTransaction({ type: 'eip1559', chainId, nonce, ...call, ...fees });
  const sent = await broadcast(client, serialized);
  if (sent.result === 'refused') {
    await correct(options, -most);
    return { result: 'held', reason: 'funds' };
  }
  return conclude(options, { transactionHash: keccak256(serialized), most });
}

/** The gas limit, or the revert that the call would end with on top of everything that waits for a block. */
export async function simulate(
  { account, client }: KeeperWalletOptions,
  call: KeeperCall,
): Promise<bigint | Refusal> {
  try {
    const gas = await client.estimateGas({ account: account.address, ...call, blockTag: 'pending' });
    return (gas * 5n) / 4n;
  } catch (error) {
    const revert = findRevert(error);
    if (!revert) throw error;
    return { result: 'refused', revert: revert.name };
  }
}

async function conclude(
  options: KeeperWalletOptions,
  { transactionHash, most }: { readonly transactionHash: Hex; readonly most: bigint },
): Promise<Sent> {
  const { client, pollMs } = options;
  const receipt = await client
    .waitForTransactionReceipt({ hash: transactionHash, timeout: RECEIPT_WAIT_MS, pollingInterval: pollMs })
    .catch(() => undefined);
  if (!receipt) return { result: 'unknown', transactionHash, feeWei: most };
  const feeWei = feeOf(receipt);
  await correct(options, feeWei - most);
  if (receipt.status === 'reverted') return { result: 'refused', revert: 'Reverted' };
  return { result: 'done', transactionHash, feeWei };
}

/** With what rollups add for the chain below them. */
function feeOf(receipt: TransactionReceipt & { readonly l1Fee?: Hex | bigint }): bigint {
  return receipt.gasUsed * receipt.effectiveGasPrice + BigInt(receipt.l1Fee ?? 0);
}

function reserve(options: KeeperWalletOptions, wei: bigint): Promise<boolean> {
  const { ledger, dailyLimit, account } = options;
  const key = { day: todayOf(options), account: account.address };
  return ledger.commit({ workspace: CHAIN_WORKSPACE, actor: 'system' }, ({ tables: { keeperSpending } }) => {
    const spent = keeperSpending.get(key.day, key.account) + wei;
    if (spent > dailyLimit) return false;
    keeperSpending.set({ ...key, wei: spent });
    return true;
  });
}

async function correct(options: KeeperWalletOptions, wei: bigint): Promise<void> {
  const { ledger, account } = options;
  const key = { day: todayOf(options), account: account.address };
  await ledger.commit({ workspace: CHAIN_WORKSPACE, actor: 'system' }, ({ tables: { keeperSpending } }) => {
    const spent = keeperSpending.get(key.day, key.account) + wei;
    keeperSpending.set({ ...key, wei: spent < 0n ? 0n : spent });
    keeperSpending.prune(key.day);
  });
}

function todayOf({ now }: KeeperWalletOptions): string {
  return dayOf(new Date(now()).toISOString());
}
