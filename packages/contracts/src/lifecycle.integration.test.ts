import {
  createPublicClient,
  createWalletClient,
  type Hex,
  http,
  keccak256,
  parseEventLogs,
  stringToHex,
} from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  agenticCommerceAbi,
  authorizationNonce,
  courtAbi,
  encodeDeliverableUri,
  encodeProposal,
  errorsAbi,
  identityRegistryAbi,
  permitTypes,
  receiveWithAuthorizationTypes,
  reputationRegistryAbi,
  termsDomain,
  termsTypes,
  testUsdcAbi,
  usdcDomain,
} from './index.ts';
import { type LocalChain, startLocalChain } from './local/index.ts';

const mnemonic = 'test test test test test test test test test test test junk';
const [client, provider, validator, relayer] = [0, 1, 2, 3].map((addressIndex) =>
  mnemonicToAccount(mnemonic, { addressIndex }),
) as [Account, Account, Account, Account];
type Account = ReturnType<typeof mnemonicToAccount>;

const budget = 25_000_001n;
const specHash = keccak256(stringToHex('spec'));
const evidenceHash = keccak256(stringToHex('evidence'));
const deliverable = keccak256(stringToHex('deliverable'));

let chain: LocalChain;
let reader: ReturnType<typeof createPublicClient>;
let submitBy: number;
let expiredAt: number;

beforeAll(async () => {
  chain = await startLocalChain();
  reader = createPublicClient({ chain: foundry, transport: http(chain.rpcUrl), pollingInterval: 20 });
  const { timestamp } = await reader.getBlock();
  submitBy = Number(timestamp) + 3_600;
  expiredAt = Number(timestamp) + 7_200;
  await chain.faucet(client.address, { usdcUnits: 1_000_000_000n });
});

afterAll(async () => {
  await chain[Symbol.asyncDispose]();
});

function walletOf(account: Account) {
  return createWalletClient({ account, chain: foundry, transport: http(chain.rpcUrl) });
}

/** Simulates, sends and waits, so that a revert names its error. */
async function send(
  account: Account,
  call: { address: Hex; abi: unknown; functionName: string; args: unknown[] },
) {
  const { request } = await reader.simulateContract({ account, ...call } as never);
  const hash = await walletOf(account).writeContract(request as never);
  const receipt = await reader.waitForTransactionReceipt({ hash });
  expect(receipt.status).toBe('success');
  return receipt;
}

const kernel = () =>
  ({ address: chain.deployment.agenticCommerce, abi: [...agenticCommerceAbi, ...errorsAbi] }) as const;
const court = () => ({ address: chain.deployment.court, abi: courtAbi }) as const;

async function registerAgent(): Promise<bigint> {
  const address = chain.deployment.identityRegistry;
  const receipt = await send(provider, {
    address,
    abi: identityRegistryAbi,
    functionName: 'register',
    args: ['ipfs://agent'],
  });
  const [event] = parseEventLogs({ abi: identityRegistryAbi, logs: receipt.logs, eventName: 'Registered' });
  if (!event) throw new Error('No Registered event.');
  return event.args.agentId;
}

async function propose(agentId: bigint): Promise<bigint> {
  const terms = {
    validator: validator.address,
    threshold: 70,
    submitBy,
    specHash,
    hasAgentId: true,
    providerAgentId: agentId,
  };
  const courtAddress = chain.deployment.court;
  const receipt = await send(client, {
    ...kernel(),
    functionName: 'createJobWithBudget',
    args: [
      provider.address,
      courtAddress,
      BigInt(expiredAt),
      'brief',
      courtAddress,
      budget,
      encodeProposal(terms),
    ],
  });
  const [event] = parseEventLogs({ abi: agenticCommerceAbi, logs: receipt.logs, eventName: 'JobCreated' });
  if (!event) throw new Error('No JobCreated event.');
  return event.args.jobId;
}

async function accept(jobId: bigint, agentId: bigint): Promise<void> {
  const signature = await provider.signTypedData({
    domain: termsDomain(chain.deployment),
    types: termsTypes,
    primaryType: 'Terms',
    message: {
      jobId,
      client: client.address,
      provider: provider.address,
      validator: validator.address,
      threshold: 70,
      budget,
      submitBy,
      expiredAt,
      specHash,
      hasAgentId: true,
      providerAgentId: agentId,
    },
  });
  await send(client, { ...court(), functionName: 'accept', args: [jobId, signature] });
}

async function fundByRelay(jobId: bigint): Promise<void> {
  const validBefore = BigInt(expiredAt);
  const signature = await client.signTypedData({
    domain: usdcDomain(chain.deployment),
    types: receiveWithAuthorizationTypes,
    primaryType: 'ReceiveWithAuthorization',
    message: {
      from: client.address,
      to: chain.deployment.agenticCommerce,
      value: budget,
      validAfter: 0n,
      validBefore,
      nonce: authorizationNonce(chain.deployment, { jobId, budget }),
    },
  });
  await send(relayer, {
    ...kernel(),
    functionName: 'fundWithAuthorization',
    args: [jobId, budget, 0n, validBefore, signature, '0x'],
  });
}

async function submit(jobId: bigint): Promise<void> {
  const optParams = encodeDeliverableUri('ipfs://result');
  const receipt = await send(provider, {
    ...kernel(),
    functionName: 'submit',
    args: [jobId, deliverable, optParams],
  });
  const [event] = parseEventLogs({ abi: courtAbi, logs: receipt.logs, eventName: 'DeliverableSubmitted' });
  expect(event?.args).toEqual({ jobId, deliverable, deliverableURI: 'ipfs://result' });
}

async function balances(): Promise<[bigint, bigint, bigint]> {
  const of = (account: Hex) =>
    reader.readContract({
      address: chain.deployment.usdc,
      abi: testUsdcAbi,
      functionName: 'balanceOf',
      args: [account],
    });
  const { agenticCommerce } = chain.deployment;
  return [await of(client.address), await of(provider.address), await of(agenticCommerce)];
}

function summary(agentId: bigint, tag2: string) {
  const { reputationRegistry: address, court: author } = chain.deployment;
  const args = [agentId, [author], 'bonafide.job', tag2] as const;
  return reader.readContract({ address, abi: reputationRegistryAbi, functionName: 'getSummary', args });
}

describe('a job on a real chain', () => {
  it('completes: one signature each, paid to the unit, reputation written', async () => {
    const agentId = await registerAgent();
    const [clientBefore, providerBefore] = await balances();
    const jobId = await propose(agentId);
    await accept(jobId, agentId);
    await fundByRelay(jobId);
    expect(await balances()).toEqual([clientBefore - budget, providerBefore, budget]);
    await submit(jobId);
    const args = [jobId, 91, evidenceHash, 'ipfs://evidence'];
    await send(validator, { ...court(), functionName: 'validate', args });
    const receipt = await send(relayer, { ...court(), functionName: 'settle', args: [jobId] });

    const [settled] = parseEventLogs({ abi: courtAbi, logs: receipt.logs, eventName: 'Settled' });
    expect(settled?.args).toMatchObject({ jobId, completed: true, score: 91, feedbackWritten: true });
    expect(await balances()).toEqual([clientBefore - budget, providerBefore + budget, 0n]);
    expect(await summary(agentId, 'completed')).toEqual([1n, 91n, 0]);
    expect(await summary(agentId, 'rejected')).toEqual([0n, 0n, 0]);
  });

  it('is rejected: the client is refunded to the unit, the low score is on record', async () => {
    const agentId = await registerAgent();
    const before = await balances();
    const jobId = await propose(agentId);
    await accept(jobId, agentId);
    await fundByRelay(jobId);
    await submit(jobId);
    const args = [jobId, 69, evidenceHash, 'ipfs://evidence'];
    await send(validator, { ...court(), functionName: 'validateAndSettle', args });
    expect(await balances()).toEqual(before);
    expect(await summary(agentId, 'rejected')).toEqual([1n, 69n, 0]);
  });

  it('cannot be funded before the provider consents', async () => {
    const jobId = await propose(await registerAgent());
    await expect(fundByRelay(jobId)).rejects.toThrow(/NotAccepted/);
  });

  it('is funded by a permit', async () => {
    const agentId = await registerAgent();
    const jobId = await propose(agentId);
    await accept(jobId, agentId);
    const deadline = BigInt(expiredAt);
    const spender = chain.deployment.agenticCommerce;
    const signature = await client.signTypedData({
      domain: usdcDomain(chain.deployment),
      types: permitTypes,
      primaryType: 'Permit',
      message: { owner: client.address, spender, value: budget, nonce: 0n, deadline },
    });
    const [r, s, v] = [`0x${signature.slice(2, 66)}`, `0x${signature.slice(66, 130)}`, signature.slice(130)];
    const args = [jobId, budget, deadline, Number.parseInt(v ?? '', 16), r, s, '0x'];
    await send(client, { ...kernel(), functionName: 'fundWithPermit', args });
    const job = await reader.readContract({ ...kernel(), functionName: 'getJob', args: [jobId] });
    expect(job).toMatchObject({ status: 1, budget, client: client.address, provider: provider.address });
  });

  it('computes the authorization nonce as the kernel does', async () => {
    const onChain = await reader.readContract({
      ...kernel(),
      functionName: 'authorizationNonce',
      args: [7n, budget],
    });
    expect(authorizationNonce(chain.deployment, { jobId: 7n, budget })).toBe(onChain);
  });
});
