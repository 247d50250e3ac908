import {
  type Abi,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type EncodeFunctionDataParameters,
  encodeFunctionData,
  type Hex,
  keccak256,
  type LocalAccount,
  type TransactionReceipt,
} from 'viem';
import type { LocalContext } from '../client/local-handlers.ts';
import { BonafideError, ChainError, TimeoutError } from '../errors.ts';
import { type Chain, openChain } from './chain.ts';
import { requireWallet } from './context.ts';
import { serialize } from './nonces.ts';
import { fromContractFailure } from './reverts.ts';

type Writes = 'nonpayable' | 'payable';

/** One contract call, typed by its ABI. */
export interface ContractCall<A extends Abi, F extends ContractFunctionName<A, Writes>> {
  readonly address: Hex;
  readonly abi: A;
  readonly functionName: F;
  readonly args: ContractFunctionArgs<A, Writes, F>;
}

const WAIT_MS = 120_000;
const PAUSE_MS = 500;

/**
 * Signs a call with the agent's wallet, has the gateway relay it and waits for its block.
 * Throws ChainError with the decoded revert before anything is sent, and TimeoutError with the transaction hash when
 * the outcome stays unknown: then look the hash up, never sign again.
 */
export async function transact<const A extends Abi, F extends ContractFunctionName<A, Writes>>(
  context: LocalContext,
  call: ContractCall<A, F>,
): Promise<TransactionReceipt> {
  const account = requireWallet(context);
  const chain = await openChain(context);
  const data = encodeFunctionData({ ...call } as unknown as EncodeFunctionDataParameters<Abi, string>);
  const doing = `${String(call.functionName)}()`;
  await simulate(chain, account, call, doing);
  // One at a time per wallet: the next nonce is only known once the node has this transaction.
  const hash = await serialize(account.address, async () => {
    const signed = await sign(chain, account, { to: call.address, data }, doing);
    return relay(context, signed);
  });
  return receiptOf(chain, hash, doing);
}

async function simulate(chain: Chain, account: LocalAccount, call: object, doing: string): Promise<void> {
  try {
    await chain.node.simulateContract({ ...call, account } as Parameters<
      typeof chain.node.simulateContract
    >[0]);
  } catch (cause) {
    throw fromContractFailure(cause, doing);
  }
}

async function sign(
  chain: Chain,
  account: LocalAccount,
  to: { to: Hex; data: Hex },
  doing: string,
): Promise<Hex> {
  try {
    const [nonce, fees, gas] = await Promise.all([
      chain.node.getTransactionCount({ address: account.address, blockTag: 'pending' }),
      chain.node.estimateFeesPerGas(),
      chain.node.estimateGas({ account, ...to }),
    ]);
    const { maxFeePerGas, maxPriorityFeePerGas } = fees;
    const chainId = chain.deployment.chainId;
    const transaction = { ...to, nonce, chainId, maxFeePerGas, maxPriorityFeePerGas, gas: (gas * 13n) / 10n };
    return await account.signTransaction({ type: 'eip1559', ...transaction });
  } catch (cause) {
    throw fromContractFailure(cause, doing);
  }
}

// The same signed bytes may be offered any number of times: a chain takes a nonce once.
async function relay(context: LocalContext, signedTransaction: Hex): Promise<Hex> {
  const hash = keccak256(signedTransaction);
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    try {
      const { status, revert } = await context.client.relay.submit(
        { signedTransaction },
        { signal: context.signal },
      );
      if (status === 'included') return hash;
      if (status === 'reverted')
        throw new ChainError(`The transaction reverted: ${revert ?? 'no reason given'}.`, { revert });
    } catch (error) {
      if (!BonafideError.is(error) || !error.retryable || context.signal?.aborted)
        throw withHash(error, hash);
    }
    if (Date.now() > deadline) throw unknownOutcome(hash);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

const unknownOutcome = (hash: Hex): TimeoutError =>
  new TimeoutError(
    `Transaction ${hash} was sent, but no block has it yet. Look it up; do not send another.`,
    {
      details: { transactionHash: hash },
    },
  );

function withHash(error: unknown, transactionHash: Hex): BonafideError {
  const { code, message, details } = BonafideError.from(error);
  if (code === 'CHAIN_REVERTED') return BonafideError.from(error);
  return new BonafideError(code, message, { details: { ...details, transactionHash }, cause: error });
}

async function receiptOf(chain: Chain, hash: Hex, doing: string): Promise<TransactionReceipt> {
  const receipt = await chain.node
    .waitForTransactionReceipt({ hash, timeout: WAIT_MS })
    .catch((cause: unknown) => {
      throw new TimeoutError(
        `No block with transaction ${hash} was seen in time. Look it up; do not send another.`,
        {
          cause,
          details: { transactionHash: hash },
        },
      );
    });
  if (receipt.status === 'success') return receipt;
  throw new ChainError(`The block holds ${doing}, but it reverted.`, { details: { transactionHash: hash } });
}
