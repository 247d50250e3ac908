import {
  type Abi,
  BaseError,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type EncodeFunctionDataParameters,
  encodeFunctionData,
  formatEther,
  type Hex,
  RpcRequestError,
  type TransactionReceipt,
} from 'viem';
import type { LocalContext } from '../client/local-handlers.ts';
import { BonafideError } from '../errors.ts';
import { openChain } from './chain.ts';
import { requireWallet } from './context.ts';
import { type Fees, readFees } from './fees.ts';
import { fromContractFailure } from './reverts.ts';
import { sendByWallet } from './send-by-wallet.ts';
import { type Order, sendSigned } from './send-signed.ts';

type Writes = 'nonpayable' | 'payable';

/** One contract call, typed by its ABI. */
export interface ContractCall<A extends Abi, F extends ContractFunctionName<A, Writes>> {
  readonly address: Hex;
  readonly abi: A;
  readonly functionName: F;
  readonly args: ContractFunctionArgs<A, Writes, F>;
  /** Where others can change what the call does before its block comes: gas for the most it may become. */
  readonly minGas?: bigint | undefined;
}

/**
 * Runs a contract call as the agent's wallet and waits for its block. A wallet that signs transactions has the gateway
 * relay them; the others send themselves. Throws ChainError with the decoded revert before anything is sent, and
 * TimeoutError with the transaction hash when the outcome stays unknown: then look the hash up, never sign again.
 */
export async function transact<const A extends Abi, F extends ContractFunctionName<A, Writes>>(
  context: LocalContext,
  call: ContractCall<A, F>,
): Promise<TransactionReceipt> {
  const account = requireWallet(context);
  const chain = await openChain(context);
  const data = encodeFunctionData({ ...call } as unknown as EncodeFunctionDataParameters<Abi, string>);
  const order = {
    context,
    chain,
    account,
    call: { to: call.address, data },
    doing: `${call.functionName}()`,
  };
  const { minGas, ...request } = call;
  const isRelayed = account.signTransaction !== undefined;
  // Asked beside the simulation, in one request; what the contract says about the call comes first.
  const costs = isRelayed ? readCosts(order) : undefined;
  costs?.catch(() => undefined);
  const gas = atLeast(minGas, await simulate(order, request));
  if (!costs) return sendByWallet(order);
  return sendSigned({ ...order, terms: { gas, ...affordableFees(order, { gas, ...(await costs) }) } });
}

function atLeast(least: bigint | undefined, gas: bigint): bigint {
  return least !== undefined && gas < least ? least : gas;
}

type Draft = Omit<Order, 'terms'>;

/** Runs the call against the state of now, so that a refusal costs nothing; resolves with a generous gas limit. */
async function simulate({ chain, account, doing, call }: Draft, request: object): Promise<bigint> {
  const { node } = chain;
  try {
    const gas = await node.estimateGas({ account: account.address, ...call });
    return (gas * 13n) / 10n;
  } catch (cause) {
    const error = fromContractFailure(cause, doing);
    if (error.details.revert !== undefined || !isAnswer(cause)) throw error;
    // Not every node says with an estimate why it failed; with a call they do.
    const simulation = { ...request, account: account.address } as Parameters<
      typeof node.simulateContract
    >[0];
    await node.simulateContract(simulation).catch((again: unknown) => {
      throw fromContractFailure(again, doing);
    });
    throw error;
  }
}

const isAnswer = (cause: unknown): boolean =>
  cause instanceof BaseError && cause.walk((each) => each instanceof RpcRequestError) !== null;

interface Costs extends Fees {
  readonly balance: bigint;
}

function affordableFees(
  { account, doing }: Draft,
  { gas, balance, ...fees }: Costs & { readonly gas: bigint },
): Fees {
  const needed = gas * fees.maxFeePerGas;
  if (balance >= needed) return fees;
  const missing = needed - balance;
  throw new BonafideError(
    'CONFLICT',
    `The wallet ${account.address} cannot pay the gas of ${doing}: ${formatEther(missing)} ETH are missing.`,
    {
      details: {
        ...{ reason: 'INSUFFICIENT_GAS_MONEY', missingWei: String(missing), balanceWei: String(balance) },
        hint: `Send it ether; on the chain of \`bonafide dev\`: bonafide faucet ${account.address}`,
      },
    },
  );
}

async function readCosts({ chain: { node }, account: { address }, doing }: Draft): Promise<Costs> {
  try {
    const [fees, balance] = await Promise.all([readFees(node), node.getBalance({ address })]);
    return { ...fees, balance };
  } catch (cause) {
    throw fromContractFailure(cause, doing);
  }
}
