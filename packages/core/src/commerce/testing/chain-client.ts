import { agenticCommerceAbi, courtAbi, type Deployment } from '@bonafide/contracts';
import { createPublicClient, getAbiItem, http, type PublicClient } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { Client } from '../../client/types.ts';
import { BonafideError } from '../../errors.ts';
import type { JobConsent, JobTerms } from '../../models/terms.ts';
import { fromContractTerms } from '../../models/terms-codec.ts';

/** A local chain as these tests need it. */
export interface TestChain {
  readonly rpcUrl: string;
  readonly deployment: Deployment;
  faucet(address: `0x${string}`, amounts: { wei?: bigint; usdcUnits?: bigint }): Promise<void>;
}

/** What a dishonest gateway would do instead of its duty. */
export interface Lies {
  readonly terms?: (terms: JobTerms) => JobTerms;
  readonly consents?: (consents: readonly JobConsent[]) => readonly JobConsent[];
}

interface Profile {
  readonly wallet: string;
  readonly chainAgentId?: string;
}

/** A gateway of its own for one test. */
export interface ChainClient {
  readonly client: Client;
  readonly node: PublicClient;
  /** All bytes that the relay was given. */
  readonly relayed: readonly `0x${string}`[];
}

/** The remote operations that commerce uses, answered from the chain alone, so that a test can make them lie. */
export function createChainClient(
  chain: TestChain,
  profiles: Record<string, Profile>,
  lies: Lies = {},
): ChainClient {
  const node = createPublicClient({ transport: http(chain.rpcUrl), pollingInterval: 20 });
  const relayed: `0x${string}`[] = [];
  const shared: JobConsent[] = [];
  const { agenticCommerce, court } = chain.deployment;
  const jobId = (id: string): [bigint] => [BigInt(id)];
  const proposedEvent = getAbiItem({ abi: courtAbi, name: 'TermsProposed' });
  const termsOf = async (id?: bigint): Promise<{ jobId: string; terms: JobTerms }[]> => {
    const args = id === undefined ? {} : { jobId: id };
    const logs = await node.getLogs({ address: court, event: proposedEvent, args, fromBlock: 0n });
    return logs.flatMap(({ args: { jobId: each, terms } }) =>
      each === undefined || terms === undefined
        ? []
        : [{ jobId: String(each), terms: fromContractTerms(terms as never) }],
    );
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
        const request = {
          address: agenticCommerce,
          abi: agenticCommerceAbi,
          functionName: 'getJob',
        } as const;
        const job = await node.readContract({ ...request, args: jobId(id) });
        const terms = (await termsOf(BigInt(id))).at(-1)?.terms;
        return { ...job, jobId: id, terms: terms && (lies.terms?.(terms) ?? terms) };
      },
      list: async () => ({ items: await termsOf() }),
      listConsents: async ({ jobId: id }: { jobId: string }) => {
        const items = shared.filter((each) => each.jobId === id);
        return { items: lies.consents?.(items) ?? items };
      },
      shareConsent: async ({ consent }: { consent: JobConsent }) => {
        shared.push(consent);
        return consent;
      },
    },
    relay: {
      submit: async ({ signedTransaction }: { signedTransaction: `0x${string}` }) => {
        relayed.push(signedTransaction);
        return relay(node, signedTransaction);
      },
    },
  };
  return { client: client as unknown as Client, node, relayed };
}

async function relay(node: PublicClient, serializedTransaction: `0x${string}`) {
  try {
    const hash = await node.sendRawTransaction({ serializedTransaction });
    const { status } = await node.waitForTransactionReceipt({ hash });
    return { status: status === 'success' ? 'included' : 'reverted' };
  } catch (cause) {
    throw new BonafideError('CONFLICT', 'The node refused it.', {
      cause,
      details: { reason: 'NODE_REFUSED' },
    });
  }
}

/** A local context with a funded wallet of its own. */
export async function createParty(
  chain: TestChain,
  client: Client,
  options: Partial<LocalContext> = {},
): Promise<LocalContext> {
  const wallet = privateKeyToAccount(generatePrivateKey());
  await chain.faucet(wallet.address, { wei: 10n ** 18n, usdcUnits: 1_000_000_000n });
  const did = 'did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw';
  return { client, did, wallet: wallet as never, now: () => new Date(), ...options };
}
