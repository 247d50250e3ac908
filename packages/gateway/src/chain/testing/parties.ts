import {
  agenticCommerceAbi,
  authorizationNonce,
  courtAbi,
  encodeDeliverableUri,
  encodeProposal,
  identityRegistryAbi,
  receiveWithAuthorizationTypes,
  termsDomain,
  usdcDomain,
} from '@bonafide/contracts';
import type { LocalChain } from '@bonafide/contracts/local';
import {
  createPublicClient,
  encodeFunctionData,
  type Hex,
  http,
  keccak256,
  type PublicClient,
  toHex,
} from 'viem';
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';

const ETHER = 10n ** 18n;

export interface Call {
  readonly to: Hex;
  readonly data: Hex;
}

/** A wallet that signs transactions for the relay or sends them itself. */
export interface Party {
  readonly account: PrivateKeyAccount;
  sign(call: Call, overrides?: object): Promise<Hex>;
  send(call: Call): Promise<Hex>;
}

/** A chain with three funded wallets and the calls of a job's life. */
export async function createParties(chain: LocalChain) {
  const node: PublicClient = createPublicClient({
    transport: http(chain.rpcUrl),
    pollingInterval: 20,
    cacheTime: 0,
  });
  const [client, provider, validator] = await Promise.all([
    party(chain, node),
    party(chain, node),
    party(chain, node),
  ]);
  await chain.faucet(client.account.address, { usdcUnits: 1_000_000_000n });
  return {
    node,
    client,
    provider,
    validator,
    calls: createCalls(chain, { client, provider, validator, node }),
  };
}

async function party(chain: LocalChain, node: PublicClient): Promise<Party> {
  const account = privateKeyToAccount(generatePrivateKey());
  await chain.faucet(account.address, { wei: 100n * ETHER });
  const sign: Party['sign'] = async (call, overrides = {}) =>
    account.signTransaction({
      type: 'eip1559',
      ...call,
      chainId: 31_337,
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
      await node.waitForTransactionReceipt({ hash, pollingInterval: 20 });
      return hash;
    },
  };
}

interface Roles {
  readonly client: Party;
  readonly provider: Party;
  readonly validator: Party;
  readonly node: PublicClient;
}

function createCalls({ deployment }: LocalChain, { client, provider, validator, node }: Roles) {
  const kernel = (data: Hex): Call => ({ to: deployment.agenticCommerce, data });
  const court = (data: Hex): Call => ({ to: deployment.court, data });
  return {
    async create({
      budget = 12_500_000n,
      description = 'Clean a file',
      agentId = undefined as bigint | undefined,
    } = {}) {
      const { timestamp } = await node.getBlock();
      const submitBy = Number(timestamp) + 3_600;
      const proposal = encodeProposal({
        validator: validator.account.address,
        threshold: 70,
        submitBy,
        specHash: keccak256(toHex('spec')),
        hasAgentId: agentId !== undefined,
        providerAgentId: agentId ?? 0n,
      });
      const args = [
        provider.account.address,
        deployment.court,
        BigInt(submitBy + 3_600),
        description,
      ] as const;
      return kernel(
        encodeFunctionData({
          abi: agenticCommerceAbi,
          functionName: 'createJobWithBudget',
          args: [...args, deployment.court, budget, proposal],
        }),
      );
    },
    async accept(jobId: bigint) {
      const digest = await node.readContract({
        address: deployment.court,
        abi: courtAbi,
        functionName: 'termsDigest',
        args: [jobId],
      });
      const signature = await provider.account.sign({ hash: digest });
      return court(encodeFunctionData({ abi: courtAbi, functionName: 'accept', args: [jobId, signature] }));
    },
    async fund(jobId: bigint, budget = 12_500_000n) {
      const validBefore = 2n ** 48n;
      const signature = await client.account.signTypedData({
        domain: usdcDomain(deployment),
        types: receiveWithAuthorizationTypes,
        primaryType: 'ReceiveWithAuthorization',
        message: {
          from: client.account.address,
          to: deployment.agenticCommerce,
          value: budget,
          validAfter: 0n,
          validBefore,
          nonce: authorizationNonce(deployment, { jobId, budget }),
        },
      });
      const args = [jobId, budget, 0n, validBefore, signature, '0x'] as const;
      return kernel(
        encodeFunctionData({ abi: agenticCommerceAbi, functionName: 'fundWithAuthorization', args }),
      );
    },
    submit: (jobId: bigint, uri = 'ipfs://deliverable') =>
      kernel(
        encodeFunctionData({
          abi: agenticCommerceAbi,
          functionName: 'submit',
          args: [jobId, keccak256(toHex('done')), encodeDeliverableUri(uri)],
        }),
      ),
    validate: (jobId: bigint, score: number) =>
      court(
        encodeFunctionData({
          abi: courtAbi,
          functionName: 'validate',
          args: [jobId, score, keccak256(toHex('evidence')), 'ipfs://evidence'],
        }),
      ),
    settle: (jobId: bigint) =>
      court(encodeFunctionData({ abi: courtAbi, functionName: 'settle', args: [jobId] })),
    refund: (jobId: bigint) =>
      kernel(encodeFunctionData({ abi: agenticCommerceAbi, functionName: 'claimRefund', args: [jobId] })),
    reject: (jobId: bigint) =>
      kernel(
        encodeFunctionData({
          abi: agenticCommerceAbi,
          functionName: 'reject',
          args: [jobId, keccak256(toHex('changed my mind')), '0x'],
        }),
      ),
    register: (uri = 'data:,agent'): Call => ({
      to: deployment.identityRegistry,
      data: encodeFunctionData({ abi: identityRegistryAbi, functionName: 'register', args: [uri] }),
    }),
  };
}
