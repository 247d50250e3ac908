import type { Deployment } from '@bonafide/contracts';
import { createPublicClient, type Hex, http, type PublicClient } from 'viem';
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { type Call, type JobCalls, jobCalls } from './calls.ts';

const ETHER = 10n ** 18n;

/** A local chain as these tests need it. */
export interface TestChain {
  readonly rpcUrl: string;
  readonly deployment: Deployment;
  faucet(address: Hex, amounts: { wei?: bigint; usdcUnits?: bigint }): Promise<void>;
}

/** A wallet that signs transactions for the relay or sends them itself. */
export interface Party {
  readonly account: PrivateKeyAccount;
  sign(call: Call, overrides?: object): Promise<Hex>;
  send(call: Call): Promise<Hex>;
}

export interface Parties {
  readonly node: PublicClient;
  readonly client: Party;
  readonly provider: Party;
  readonly validator: Party;
  readonly calls: JobCalls;
}

/** Three funded wallets on a chain and the calls of a job's life. */
export async function createParties(chain: TestChain): Promise<Parties> {
  const node: PublicClient = createPublicClient({ transport: http(chain.rpcUrl), cacheTime: 0 });
  const client = await createParty(chain, node);
  const provider = await createParty(chain, node);
  const validator = await createParty(chain, node);
  await chain.faucet(client.account.address, { usdcUnits: 1_000_000_000n });
  const accounts = { client: client.account, provider: provider.account, validator: validator.account };
  return { node, client, provider, validator, calls: jobCalls(chain.deployment, { ...accounts, node }) };
}

/** A funded wallet. */
export async function createParty(chain: TestChain, node: PublicClient): Promise<Party> {
  const account = privateKeyToAccount(generatePrivateKey());
  await chain.faucet(account.address, { wei: 100n * ETHER });
  const sign: Party['sign'] = async (call, overrides = {}) =>
    account.signTransaction({
      type: 'eip1559',
      ...call,
      chainId: chain.deployment.chainId,
      nonce: await node.getTransactionCount({ address: account.address, blockTag: 'pending' }),
      gas: 3_000_000n,
      maxFeePerGas: 20_000_000_000n,
      maxPriorityFeePerGas: 1n,
      ...overrides,
    });
  return {
    account,
    sign,
    async send(call) {
      const hash = await node.sendRawTransaction({ serializedTransaction: await sign(call) });
      const receipt = await node.waitForTransactionReceipt({ hash, pollingInterval: 20 });
      if (receipt.status !== 'success') throw new Error(`Transaction ${hash} reverted.`);
      return hash;
    },
  };
}
