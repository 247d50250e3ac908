import {
  agenticCommerceAbi,
  authorizationNonce,
  courtAbi,
  type Deployment,
  encodeDeliverableUri,
  encodeProposal,
  identityRegistryAbi,
  type RulesStruct,
  receiveWithAuthorizationTypes,
  testUsdcAbi,
  usdcDomain,
} from '@bonafide/contracts';
import type { ContractTerms } from '@bonafide/core/models';
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
  /** The provider's ERC-8004 identity. */
  readonly agentId?: bigint;
  readonly clientAgentId?: bigint;
  readonly templateId?: number;
  readonly rules?: Partial<RulesStruct>;
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
  /** A pass settles the job at once. */
  validate(jobId: bigint, score: number): Promise<Call>;
  settle(jobId: bigint): Promise<Call>;
  setBudget(jobId: bigint, budget: bigint): Call;
  reject(jobId: bigint): Call;
  refund(jobId: bigint): Call;
  register(): Call;
  approve(spender: Hex, amount?: bigint): Call;
  /** The rules of the jobs that `create` makes. */
  rulesOf(offer?: Offer): RulesStruct;
  /** The terms as the court knows them. */
  termsOf(jobId: bigint): Promise<ContractTerms>;
}

export function jobCalls(deployment: Deployment, roles: Roles): JobCalls {
  const { agenticCommerce: kernel, court, usdc, identityRegistry } = deployment;
  const jobs = { abi: agenticCommerceAbi };
  const terms = { abi: courtAbi };
  const digest = keccak256(toHex('done'));
  const to = (target: Hex, data: Hex): Call => ({ to: target, data });
  const termsOf = (jobId: bigint) => readTerms(deployment, { node: roles.node, jobId });
  return {
    create: (offer = {}) => createCall(deployment, { ...roles, ...offer }),
    accept: (jobId) => acceptCall(deployment, { ...roles, jobId }),
    fund: (jobId, budget = BUDGET) => fundCall(deployment, { ...roles, jobId, budget }),
    submit(jobId, uri = 'ipfs://deliverable') {
      const args = [jobId, digest, encodeDeliverableUri(uri)] as const;
      return to(kernel, encodeFunctionData({ ...jobs, functionName: 'submit', args }));
    },
    async validate(jobId, score) {
      const args = [jobId, await termsOf(jobId), score, digest, 'ipfs://evidence'] as const;
      return to(court, encodeFunctionData({ ...terms, functionName: 'validate', args }));
    },
    async settle(jobId) {
      const args = [jobId, await termsOf(jobId)] as const;
      return to(court, encodeFunctionData({ ...terms, functionName: 'settle', args }));
    },
    setBudget(jobId, budget) {
      const args = [jobId, budget, '0x'] as const;
      return to(kernel, encodeFunctionData({ ...jobs, functionName: 'setBudget', args }));
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
    approve(spender, amount = 1n) {
      const args = [spender, amount] as const;
      return to(usdc, encodeFunctionData({ abi: testUsdcAbi, functionName: 'approve', args }));
    },
    rulesOf: (offer = {}) => rulesOf({ ...roles, ...offer }),
    termsOf,
  };
}

function rulesOf({ validator, rules }: Roles & Offer): RulesStruct {
  return {
    validators: [validator.address],
    requiredPasses: 1,
    threshold: 70,
    validatorFee: 0n,
    validationWindow: HOUR_SECONDS,
    silencePercent: 50,
    disputeWindow: HOUR_SECONDS,
    revalidators: [],
    requiredRepasses: 0,
    bondBps: 1_000,
    evidenceWindow: HOUR_SECONDS,
    rulingWindow: HOUR_SECONDS,
    defaultPercent: 40,
    ...rules,
  };
}

async function readTerms(
  { court, startBlock }: Deployment,
  { node, jobId }: { readonly node: PublicClient; readonly jobId: bigint },
): Promise<ContractTerms> {
  const proposed = await node.getContractEvents({
    ...{ address: court, abi: courtAbi, eventName: 'TermsProposed', args: { jobId } },
    ...{ fromBlock: startBlock, strict: true },
  });
  const newest = proposed.at(-1);
  if (!newest) throw new Error(`Job ${jobId} has no terms.`);
  return newest.args.terms;
}

async function createCall(deployment: Deployment, offer: Roles & Offer): Promise<Call> {
  const { provider, node, budget = BUDGET, description = 'Clean a file', agentId, clientAgentId } = offer;
  const submitBy = Number((await node.getBlock()).timestamp) + HOUR_SECONDS;
  const rules = rulesOf(offer);
  const proposal = encodeProposal({
    ...{ salt: 0n, submitBy, specHash: keccak256(toHex('spec')), previousJobId: 0n },
    ...{ hasClientAgent: clientAgentId !== undefined, clientAgentId: clientAgentId ?? 0n },
    ...{ rules, providerSignature: '0x' },
  });
  const { agenticCommerce, court } = deployment;
  const job = {
    ...{ provider: provider.address, evaluator: court, hook: court, expiredAt: submitBy + 24 * HOUR_SECONDS },
    ...{ budget, evaluatorFee: rules.validatorFee * BigInt(rules.validators.length) },
    ...{ templateId: offer.templateId ?? 0, hasAgentId: agentId !== undefined, agentId: agentId ?? 0n },
    description,
  };
  const functionName = 'createJobWithBudget';
  const args = [job, proposal] as const;
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
  { client, node, jobId, budget }: Roles & { readonly jobId: bigint; readonly budget: bigint },
): Promise<Call> {
  const { agenticCommerce } = deployment;
  const kernel = { address: agenticCommerce, abi: agenticCommerceAbi } as const;
  const { evaluatorFee } = await node.readContract({ ...kernel, functionName: 'getJob', args: [jobId] });
  const signature = await client.signTypedData({
    domain: usdcDomain(deployment),
    types: receiveWithAuthorizationTypes,
    primaryType: 'ReceiveWithAuthorization',
    message: {
      from: client.address,
      to: agenticCommerce,
      value: budget + evaluatorFee,
      validAfter: 0n,
      validBefore: FAR_FUTURE,
      nonce: authorizationNonce(deployment, { jobId, budget }),
    },
  });
  const args = [jobId, budget, 0n, FAR_FUTURE, signature, '0x'] as const;
  const functionName = 'fundWithAuthorization';
  return { to: agenticCommerce, data: encodeFunctionData({ abi: agenticCommerceAbi, functionName, args }) };
}
