import { agenticCommerceAbi, courtAbi, type Deployment } from '@bonafide/contracts';
import { createPublicClient, getAbiItem, http, parseTransaction, recoverTransactionAddress } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { Client } from '../../client/types.ts';

interface LocalChain {
  readonly rpcUrl: string;
  readonly deployment: Deployment;
  faucet(address: `0x${string}`, amounts: { wei?: bigint; usdcUnits?: bigint }): Promise<void>;
}

/** What a dishonest gateway would say instead of the truth. */
export interface Lies {
  readonly specHash?: string;
}

interface Profile {
  readonly wallet: string;
  readonly chainAgentId?: string;
}

/** The four remote operations that commerce uses, answered from the chain alone, so that a test can make them lie. */
export function createChainClient(
  chain: LocalChain,
  profiles: Record<string, Profile>,
  lies: Lies = {},
): Client {
  const node = createPublicClient({ transport: http(chain.rpcUrl), pollingInterval: 20 });
  const { agenticCommerce, court } = chain.deployment;
  const jobId = (id: string): [bigint] => [BigInt(id)];
  const specHashOf = async (id: string): Promise<string | undefined> => {
    const event = getAbiItem({ abi: courtAbi, name: 'TermsProposed' });
    const logs = await node.getLogs({ address: court, event, args: { jobId: BigInt(id) }, fromBlock: 0n });
    return logs.at(-1)?.args.terms?.specHash;
  };
  const client = {
    gateway: {
      getInfo: async () => ({
        chain: { ...chain.deployment, startBlock: '0', name: 'local', rpcUrl: chain.rpcUrl },
      }),
    },
    agents: {
      get: async ({ agentId }: { agentId: string }) => ({
        status: 'active',
        name: agentId,
        ...profiles[agentId],
      }),
      update: async (change: { chainAgentId?: string }) => ({ ...change }),
    },
    jobs: {
      get: async ({ jobId: id }: { jobId: string }) => {
        const job = await node.readContract({
          address: agenticCommerce,
          abi: agenticCommerceAbi,
          functionName: 'getJob',
          args: jobId(id),
        });
        return { ...job, jobId: id, specHash: lies.specHash ?? (await specHashOf(id)) };
      },
    },
    relay: {
      submit: async ({ signedTransaction }: { signedTransaction: `0x02${string}` }) => {
        parseTransaction(signedTransaction);
        await recoverTransactionAddress({ serializedTransaction: signedTransaction });
        const hash = await node.sendRawTransaction({ serializedTransaction: signedTransaction });
        const { status } = await node.waitForTransactionReceipt({ hash });
        return { status: status === 'success' ? 'included' : 'reverted' };
      },
    },
  };
  return client as unknown as Client;
}

/** A local context with a funded wallet of its own. */
export async function createParty(
  chain: LocalChain,
  client: Client,
  options: Partial<LocalContext> = {},
): Promise<LocalContext> {
  const wallet = privateKeyToAccount(generatePrivateKey());
  await chain.faucet(wallet.address, { wei: 10n ** 18n, usdcUnits: 1_000_000_000n });
  const did = 'did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw';
  return { client, did, wallet: wallet as never, now: () => new Date(), ...options };
}
