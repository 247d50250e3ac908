import {
  type Hex,
  keccak256,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
  type TransactionSerializableEIP1559,
} from 'viem';
import type { LocalContext } from '../client/local-handlers.ts';
import { BonafideError, ChainError, RateLimitError, TimeoutError } from '../errors.ts';
import { pause } from '../pause.ts';
import type { Chain } from './chain.ts';
import { type Lane, laneOf } from './nonces.ts';
import { describeRevert } from './revert-advice.ts';
import { fromContractFailure } from './reverts.ts';
import type { Account, Call } from './wallet.ts';

const WAIT_MS = 120_000;
/** Another transaction of the wallet waits for this, so it is looked for often; when none does, nobody is asked. */
const KNOWN_PAUSE_MS = 25;
/** Blocks after which a used nonce counts as used for good. A local chain mines on demand and reorganises for nobody. */
const CONFIRMATIONS = 2n;
const LOCAL_CHAIN_ID = 31_337;

/** A call that a wallet is about to sign, and what it may cost. */
export interface Order {
  readonly context: LocalContext;
  readonly chain: Chain;
  readonly account: Account;
  readonly call: Call;
  /** For messages, such as `fund()`. */
  readonly doing: string;
  readonly terms: Pick<TransactionSerializableEIP1559, 'gas' | 'maxFeePerGas' | 'maxPriorityFeePerGas'>;
}

interface Signed {
  readonly serialized: Hex;
  readonly hash: Hex;
  readonly nonce: number;
  readonly deadline: number;
}

/** `lost`: another transaction has used the nonce for good, so these bytes can never run. */
type End = TransactionReceipt | 'lost';

/**
 * Signs the call, hands the bytes to the gateway's relay and waits for their block. The same bytes are offered as often as
 * it takes: a chain takes a nonce once. New bytes are signed only when the old ones can never be included.
 */
export async function sendSigned(order: Order): Promise<TransactionReceipt> {
  const lane = laneOf({ chainId: order.chain.deployment.chainId, address: order.account.address });
  const leave = await lane.enter();
  try {
    for (;;) {
      const launched = await lane.turn(() => launch(order, lane));
      const end = await launched.end.finally(() => lane.release(launched.nonce));
      if (end !== 'lost') return end;
    }
  } finally {
    leave();
  }
}

/** Resolves when the next nonce may be used: the node has these bytes, or they have ended. */
async function launch(order: Order, lane: Lane): Promise<{ nonce: number; end: Promise<End> }> {
  order.context.signal?.throwIfAborted();
  const nonce = lane.take(await countPending(order));
  try {
    const signed = await sign(order, nonce);
    const carried = new AbortController();
    const end = carry(order, signed).finally(() => carried.abort());
    await Promise.race([end, untilKnown(order, { lane, hash: signed.hash, signal: carried.signal })]);
    return { nonce, end };
  } catch (error) {
    lane.release(nonce);
    throw error;
  }
}

async function countPending({ chain, account, doing }: Order): Promise<number> {
  const { address } = account;
  try {
    return await chain.node.getTransactionCount({ address, blockTag: 'pending' });
  } catch (cause) {
    throw fromContractFailure(cause, doing);
  }
}

async function sign({ chain, account, call, terms }: Order, nonce: number): Promise<Signed> {
  if (!account.signTransaction) throw new BonafideError('INTERNAL', 'This wallet signs no transactions.');
  const { chainId } = chain.deployment;
  const serialized = await account.signTransaction({ type: 'eip1559', ...call, ...terms, chainId, nonce });
  return { serialized, hash: keccak256(serialized), nonce, deadline: Date.now() + WAIT_MS };
}

/** Offers the same bytes until they end; TimeoutError when nobody knows in time. */
async function carry(order: Order, signed: Signed): Promise<End> {
  const { chain, context } = order;
  for (;;) {
    const answer = await offer(order, signed);
    const end = await findEnd(order, signed);
    if (end === 'lost' || end?.status === 'success') return end;
    if (end) throw reverted(order, { hash: signed.hash, revert: answer.revert });
    if (Date.now() > signed.deadline || context.signal?.aborted) throw unknownOutcome(signed.hash);
    await pause(answer.pauseMs ?? chain.node.pollingInterval, context.signal);
  }
}

interface Answer {
  readonly revert?: string | undefined;
  readonly pauseMs?: number;
}

async function offer(order: Order, { serialized, hash, nonce }: Signed): Promise<Answer> {
  const { client, signal } = order.context;
  try {
    const { revert } = await client.relay.submit({ signedTransaction: serialized }, { signal });
    return { revert };
  } catch (error) {
    if (!BonafideError.is(error)) return {};
    // An answer that did not come says nothing: the bytes may be on their way.
    if (error.retryable) return error instanceof RateLimitError ? { pauseMs: error.retryAfterMs } : {};
    if (await isKnown(order, hash)) return {};
    // A nonce that is used, or that comes too early: the chain tells which.
    if (error.code === 'CONFLICT' && !(await isOurTurn(order, nonce))) return {};
    throw withHash(error, hash);
  }
}

/** Whether nothing of this wallet is before this nonce or has it: then it was not for the nonce that it was refused. */
async function isOurTurn(order: Order, nonce: number): Promise<boolean> {
  const pending = await countPending(order).catch(() => undefined);
  return pending === nonce;
}

/** How the chain says the bytes ended; undefined while they may still be included, or when the node does not answer. */
async function findEnd({ chain, account }: Order, { hash, nonce }: Signed): Promise<End | undefined> {
  try {
    const receipt = await findReceipt(chain, hash);
    if (receipt || (await countUsed(chain, account.address)) <= nonce) return receipt;
    // Looked for again after the count: if this transaction has used its nonce by then, its receipt is there.
    return (await findReceipt(chain, hash)) ?? 'lost';
  } catch {
    return undefined;
  }
}

async function countUsed({ node, deployment }: Chain, address: Hex): Promise<number> {
  if (deployment.chainId === LOCAL_CHAIN_ID) return node.getTransactionCount({ address });
  const blockNumber = (await node.getBlockNumber({ cacheTime: 0 })) - CONFIRMATIONS;
  return blockNumber < 0n ? 0 : node.getTransactionCount({ address, blockNumber });
}

async function findReceipt({ node }: Chain, hash: Hex): Promise<TransactionReceipt | undefined> {
  try {
    return await node.getTransactionReceipt({ hash });
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return undefined;
    throw error;
  }
}

async function untilKnown(
  order: Order,
  { lane, hash, signal }: { readonly lane: Lane; readonly hash: Hex; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted && !(lane.isWanted() && (await isKnown(order, hash))))
    await pause(KNOWN_PAUSE_MS, signal);
}

function isKnown({ chain }: Order, hash: Hex): Promise<boolean> {
  return chain.node.getTransaction({ hash }).then(
    () => true,
    () => false,
  );
}

function reverted(
  { doing }: Order,
  { hash, revert }: { readonly hash: Hex; readonly revert: string | undefined },
): ChainError {
  const why = revert === undefined ? 'no reason given' : describeRevert(revert);
  return new ChainError(`The block holds ${doing}, but it reverted: ${why}`, {
    revert,
    details: { transactionHash: hash },
  });
}

/** The answer to a transaction that was sent and not seen: nobody may sign another one for it. */
export function unknownOutcome(hash: Hex, cause?: unknown): TimeoutError {
  return new TimeoutError(
    `Transaction ${hash} was sent, but no block has it yet. Look it up; do not send another.`,
    { cause, details: { transactionHash: hash } },
  );
}

function withHash(error: BonafideError, transactionHash: Hex): BonafideError {
  const { code, message, details } = error;
  if (code === 'CHAIN_REVERTED') return error;
  return new BonafideError(code, message, { details: { ...details, transactionHash }, cause: error });
}
