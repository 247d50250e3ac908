import { type Deployment, testUsdcAbi } from '@bonafide/contracts';
import { startLocalChain } from '@bonafide/contracts/local';
import { createPublicClient, encodeFunctionData, type Hex, http, type PublicClient, parseGwei } from 'viem';
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { sendAll } from './load.ts';

const POLL_MS = 5;
const MINED_WITHIN_MS = 30_000;

/** A local chain with every contract, and a client that never answers from a cache. */
export interface BenchChain extends AsyncDisposable {
  readonly rpcUrl: string;
  readonly deployment: Deployment;
  readonly node: PublicClient;
  /** A new wallet with ether and test USDC. */
  openWallet(): Promise<PrivateKeyAccount>;
}

/** A call of a contract, and the most gas it may take. */
export interface Call {
  readonly to: Hex;
  readonly data: Hex;
  readonly gas: bigint;
}

/** Starts a chain that mines as soon as there is a transaction. */
export async function openChain(): Promise<BenchChain> {
  const chain = await startLocalChain();
  const { rpcUrl, deployment } = chain;
  return {
    rpcUrl,
    deployment,
    node: createPublicClient({ transport: http(rpcUrl), cacheTime: 0, pollingInterval: POLL_MS }),
    async openWallet() {
      const account = privateKeyToAccount(generatePrivateKey());
      await chain.faucet(account.address, { wei: 10n ** 20n, usdcUnits: 10n ** 12n });
      return account;
    },
    [Symbol.asyncDispose]: () => chain[Symbol.asyncDispose](),
  };
}

/** A transfer of one unit of USDC, the plainest thing that moves money on this chain. */
export function transferTo(to: Hex, { usdc }: Deployment): Call {
  const data = encodeFunctionData({ abi: testUsdcAbi, functionName: 'transfer', args: [to, 1n] });
  return { to: usdc, data, gas: 100_000n };
}

/** Signs a call with a nonce; nothing is asked of the chain. */
function signCall(
  account: PrivateKeyAccount,
  { chainId, nonce, call }: { readonly chainId: number; readonly nonce: number; readonly call: Call },
): Promise<Hex> {
  const fees = { maxFeePerGas: parseGwei('10'), maxPriorityFeePerGas: parseGwei('1') };
  return account.signTransaction({ type: 'eip1559', chainId, nonce, ...call, ...fees });
}

/** Transactions of several wallets, signed from the nonces that the wallets have now. */
interface Batch {
  readonly transactions: readonly Hex[];
  /** What each wallet's nonce is when all are in blocks. */
  readonly ends: readonly { readonly address: Hex; readonly nonce: number }[];
}

/** Signs `perWallet` calls for each wallet, in an order that gives all wallets their turn. */
export async function signBatch(
  { node, deployment }: BenchChain,
  plan: {
    readonly wallets: readonly PrivateKeyAccount[];
    readonly perWallet: number;
    readonly toCall: (wallet: PrivateKeyAccount, index: number) => Call;
  },
): Promise<Batch> {
  const { wallets, perWallet, toCall } = plan;
  const { chainId } = deployment;
  const starts = await Promise.all(wallets.map(({ address }) => node.getTransactionCount({ address })));
  const transactions: Hex[] = [];
  for (let index = 0; index < perWallet; index += 1) {
    for (const [at, wallet] of wallets.entries()) {
      const nonce = (starts[at] ?? 0) + index;
      transactions.push(await signCall(wallet, { chainId, nonce, call: toCall(wallet, index) }));
    }
  }
  const ends = wallets.map(({ address }, at) => ({ address, nonce: (starts[at] ?? 0) + perWallet }));
  return { transactions, ends };
}

/** Sends all by `eth_sendRawTransaction` without waiting for one another, and waits until blocks hold them. */
export async function sendBatch({ rpcUrl, node }: BenchChain, { transactions, ends }: Batch): Promise<void> {
  const url = `${rpcUrl}/`;
  const requests = transactions.map((bytes) => toRpcRequest(url, 'eth_sendRawTransaction', [bytes]));
  await sendAll({ url, requests, connections: ends.length });
  const deadline = performance.now() + MINED_WITHIN_MS;
  for (const { address, nonce } of ends) {
    while ((await node.getTransactionCount({ address })) < nonce) {
      if (performance.now() > deadline) throw new Error(`the chain did not take all of ${address}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

function toRpcRequest(url: string, method: string, params: readonly unknown[]): string {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const headers = `host: ${new URL(url).host}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
  return `POST / HTTP/1.1\r\n${headers}\r\n\r\n${body}`;
}
