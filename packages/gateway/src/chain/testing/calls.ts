import {
  agenticCommerceAbi,
  authorizationNonce,
  courtAbi,
  type Deployment,
  encodeDeliverableUri,
  encodeProposal,
  identityRegistryAbi,
  receiveWithAuthorizationTypes,
  testUsdcAbi,
  usdcDomain,
} from '@bonafide/contracts';
import { encodeFunctionData, type Hex, keccak256, type PublicClient, toHex } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';

const HOUR_SECONDS = 3_600;
const FAR_FUTURE = 2n ** 48n;
export const BUDGET = 12_500_000n;

export interface Call {
  readonly to: Hex;
  readonly data: Hex;
}

export interface Offer {
  readonly budget?: bigint;
  readonly description?: string;
  readonly agentId?: bigint;
}

interface Roles {
  readonly client: PrivateKeyAccount;
  readonly provider: PrivateKeyAccount;
  readonly validator: PrivateKeyAccount;
  readonly node: PublicClient;
}

/** The calls of a job's life, of the three parties on one deployment. */
export interface JobCalls {
  create(offer?: Offer): Promise<Call>;
  accept(jobId: bigint): Promise<Call>;
  fund(jobId: bigint, budget?: bigint): Promise<Call>;
  submit(jobId: bigint, uri?: string): Call;
  validate(jobId: bigint, score: number): Call;
  settle(jobId: bigint): Call;
  setBudget(jobId: bigint, budget: bigint): Call;
  reject(jobId: bigint): Call;
  refund(jobId: bigint): Call;
  register(): Call;
  approve(spender: Hex): Call;
}

export function jobCalls(deployment: Deployment, roles: Roles): JobCalls {
  const { agenticCommerce: kernel, court, usdc, identityRegistry } = deployment;
  const jobs = { abi: agenticCommerceAbi };
  const terms = { abi: courtAbi };
  const digest = keccak256(toHex('done'));
  const to = (target: Hex, data: Hex): Call => ({ to: target, data });
  return {
    create: (offer = {}) => createCall(deployment, { ...roles, ...offer }),
    accept: (jobId) => acceptCall(deployment, { ...roles, jobId }),
    fund: (jobId, budget = BUDGET) => fundCall(deployment, { ...roles, jobId, budget }),
    submit(jobId, uri = 'ipfs://deliverable') {
      const args = [jobId, digest, encodeDeliverableUri(uri)] as const;
      return to(kernel, encodeFunctionData({ ...jobs, functionName: 'submit', args }));
    },
    validate(jobId, score) {
      const args = [jobId, score, digest, 'ipfs://evidence'] as const;
      return to(court, encodeFunctionData({ ...terms, functionName: 'validate', args }));
    },
    settle: (jobId) => to(court, encodeFunctionData({ ...terms, functionName: 'settle', args: [jobId] })),
    setBudget(jobId, budget) {
      return to(
        kernel,
        encodeFunctionData({ ...jobs, functionName: 'setBudget', args: [jobId, budget, '0x'] }),
      );
    },
    reject(jobId) {
      return to(kernel, encodeFunctionData({ ...jobs, functionName: 'reject', args: [jobId, digest, '0x'] }));
    },
    refund: (jobId) =>
      to(kernel, encodeFunctionData({ ...jobs, functionName: 'claimRefund', args: [jobId] })),
    register() {
      const args = ['data:,agent'] as const;
      return to(
        identityRegistry,
        encodeFunctionData({ abi: identityRegistryAbi, functionName: 'register', args }),
      );
    },
    approve(spender) {
      const args = [spender, 1n] as const;
      return to(usdc, encodeFunctionData({ abi: testUsdcAbi, functionName: 'approve', args }));
    },
  };
}

async function createCall(deployment: Deployment, offer: Roles & Offer): Promise<Call> {
  const { provider, validator, node, budget = BUDGET, description = 'Clean a file', agentId } = offer;
  const submitBy = Number((await node.getBlock()).timestamp) + HOUR_SECONDS;
  const proposal = encodeProposal({
    validator: validator.address,
    threshold: 70,
    submitBy,
    specHash: keccak256(toHex('spec')),
    hasAgentId: agentId !== undefined,
    providerAgentId: agentId ?? 0n,
  });
  const { agenticCommerce, court } = deployment;
  const expiredAt = BigInt(submitBy + HOUR_SECONDS);
  const args = [provider.address, court, expiredAt, description, court, budget, proposal] as const;
  const functionName = 'createJobWithBudget';
  return { to: agenticCommerce, data: encodeFunctionData({ abi: agenticCommerceAbi, functionName, args }) };
}

async function acceptCall(
  { court }: Deployment,
  { node, provider, jobId }: Roles & { readonly jobId: bigint },
): Promise<Call> {
  const question = { address: court, abi: courtAbi, functionName: 'termsDigest', args: [jobId] } as const;
  const signature = await provider.sign({ hash: await node.readContract(question) });
  const data = encodeFunctionData({ abi: courtAbi, functionName: 'accept', args: [jobId, signature] });
  return { to: court, data };
}

async function fundCall(
  deployment: Deployment,
  { client, jobId, budget }: Roles & { readonly jobId: bigint; readonly budget: bigint },
): Promise<Call> {
  const { agenticCommerce } = deployment;
  const signature = await client.signTypedData({
    domain: usdcDomain(deployment),
    types: receiveWithAuthorizationTypes,
    primaryType: 'ReceiveWithAuthorization',
    message: {
      from: client.address,
      to: agenticCommerce,
      value: budget,
      validAfter: 0n,
      validBefore: FAR_FUTURE,
      nonce: authorizationNonce(deployment, { jobId, budget }),
    },
  });
  const args = [jobId, budget, 0n, FAR_FUTURE, signature, '0x'] as const;
  const functionName = 'fundWithAuthorization';
  return { to: agenticCommerce, data: encodeFunctionData({ abi: agenticCommerceAbi, functionName, args }) };
}
