import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  encodeAbiParameters,
  type Hex,
  hashTypedData,
  http,
  keccak256,
  parseEventLogs,
  stringToHex,
  zeroAddress,
} from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  agenticCommerceAbi,
  arbitratorPoolAbi,
  authorizationNonce,
  bondNonce,
  consentDomain,
  consentTypes,
  courtAbi,
  disputesAbi,
  encodeDeliverableUri,
  encodeProposal,
  errorsAbi,
  identityRegistryAbi,
  joinNonce,
  type NewJob,
  newJobNonce,
  permitTypes,
  type RulesStruct,
  receiveWithAuthorizationTypes,
  reputationRegistryAbi,
  type TermsProposal,
  termsDomain,
  termsTypes,
  testUsdcAbi,
  usdcDomain,
} from './index.ts';
import { type LocalChain, startLocalChain } from './local/index.ts';

const mnemonic = 'test test test test test test test test test test test junk';
const [client, provider, validator, relayer, revalidator] = [0, 1, 2, 3, 4].map((addressIndex) =>
  mnemonicToAccount(mnemonic, { addressIndex }),
) as [Account, Account, Account, Account, Account];
type Account = ReturnType<typeof mnemonicToAccount>;

const budget = 25_000_001n;
const validatorFee = 500_000n;
const escrow = budget + validatorFee;
const hour = 3_600;
const specHash = keccak256(stringToHex('spec'));
const evidenceHash = keccak256(stringToHex('evidence'));
const deliverable = keccak256(stringToHex('deliverable'));

const rules: RulesStruct = {
  validators: [validator.address],
  requiredPasses: 1,
  threshold: 70,
  validatorFee,
  validationWindow: hour,
  silencePercent: 50,
  disputeWindow: hour,
  revalidators: [revalidator.address],
  requiredRepasses: 1,
  bondBps: 1_000,
  evidenceWindow: hour,
  rulingWindow: hour,
  defaultPercent: 50,
};

let chain: LocalChain;
let reader: ReturnType<typeof createPublicClient>;
let submitBy: number;
let expiredAt: number;
let salt = 1n;

beforeAll(async () => {
  chain = await startLocalChain();
  reader = createPublicClient({ chain: foundry, transport: http(chain.rpcUrl), pollingInterval: 20 });
  const { timestamp } = await reader.getBlock();
  submitBy = Number(timestamp) + 24 * hour;
  expiredAt = Number(timestamp) + 72 * hour;
  await chain.faucet(client.address, { usdcUnits: 1_000_000_000n });
});

afterAll(async () => {
  await chain[Symbol.asyncDispose]();
});

/** Simulates, sends and waits, so that a revert names its error. */
async function send(
  account: Account,
  call: { address: Hex; abi: unknown; functionName: string; args: unknown[] },
) {
  const { request } = await reader.simulateContract({ account, ...call } as never);
  const wallet = createWalletClient({ account, chain: foundry, transport: http(chain.rpcUrl) });
  const hash = await wallet.writeContract(request as never);
  const receipt = await reader.waitForTransactionReceipt({ hash });
  expect(receipt.status).toBe('success');
  return receipt;
}

const kernel = () =>
  ({ address: chain.deployment.agenticCommerce, abi: [...agenticCommerceAbi, ...errorsAbi] }) as const;
const court = () => ({ address: chain.deployment.court, abi: [...courtAbi, ...errorsAbi] }) as const;

async function registerAgent(owner: Account): Promise<bigint> {
  const address = chain.deployment.identityRegistry;
  const call = { address, abi: identityRegistryAbi, functionName: 'register', args: ['ipfs://agent'] };
  const { logs } = await send(owner, call);
  const [event] = parseEventLogs({ abi: identityRegistryAbi, logs, eventName: 'Registered' });
  if (!event) throw new Error('No Registered event.');
  return event.args.agentId;
}

interface Agents {
  readonly ofProvider?: bigint;
  readonly ofClient?: bigint;
}

function jobOf({ ofProvider }: Agents): NewJob {
  return {
    provider: provider.address,
    evaluator: chain.deployment.court,
    hook: chain.deployment.court,
    expiredAt,
    budget,
    evaluatorFee: validatorFee,
    templateId: 0,
    hasAgentId: ofProvider !== undefined,
    agentId: ofProvider ?? 0n,
    description: 'brief',
  };
}

function proposalOf({ ofClient }: Agents): TermsProposal {
  return {
    salt: 0n,
    submitBy,
    specHash,
    previousJobId: 0n,
    hasClientAgent: ofClient !== undefined,
    clientAgentId: ofClient ?? 0n,
    rules,
    providerSignature: '0x',
  };
}

function termsOf({ ofProvider, ofClient }: Agents, which: { jobId: bigint; salt: bigint }) {
  return {
    ...which,
    client: client.address,
    provider: provider.address,
    budget,
    submitBy,
    expiredAt,
    specHash,
    previousJobId: 0n,
    templateId: 0,
    hasProviderAgent: ofProvider !== undefined,
    providerAgentId: ofProvider ?? 0n,
    hasClientAgent: ofClient !== undefined,
    clientAgentId: ofClient ?? 0n,
    rules,
  };
}
type Terms = ReturnType<typeof termsOf>;

function typedTerms(message: Terms) {
  return { domain: termsDomain(chain.deployment), types: termsTypes, primaryType: 'Terms', message } as const;
}

function jobIdOf(logs: Parameters<typeof parseEventLogs>[0]['logs']): bigint {
  const [event] = parseEventLogs({ abi: agenticCommerceAbi, logs, eventName: 'JobCreated' });
  if (!event) throw new Error('No JobCreated event.');
  return event.args.jobId;
}

function authorize(value: bigint, nonce: Hex): Promise<Hex> {
  return client.signTypedData({
    domain: usdcDomain(chain.deployment),
    types: receiveWithAuthorizationTypes,
    primaryType: 'ReceiveWithAuthorization',
    message: {
      from: client.address,
      to: chain.deployment.agenticCommerce,
      value,
      validAfter: 0n,
      validBefore: BigInt(expiredAt),
      nonce,
    },
  });
}

/** The provider's offer and the client's signature, sent by a relayer in one transaction. */
async function hireByOffer(agents: Agents): Promise<{ jobId: bigint; terms: Terms }> {
  const terms = termsOf(agents, { jobId: 0n, salt: salt++ });
  const providerSignature = await provider.signTypedData(typedTerms(terms));
  const optParams = encodeProposal({ ...proposalOf(agents), salt: terms.salt, providerSignature });
  const job = jobOf(agents);
  const signature = await authorize(escrow, newJobNonce(chain.deployment, { job, optParams }));
  const payment = { client: client.address, validAfter: 0n, validBefore: BigInt(expiredAt), signature };
  const call = { ...kernel(), functionName: 'createAndFund', args: [job, payment, optParams] };
  const { logs } = await send(relayer, call);
  return { jobId: jobIdOf(logs), terms };
}

async function propose(agents: Agents = {}): Promise<{ jobId: bigint; terms: Terms }> {
  const args = [jobOf(agents), encodeProposal(proposalOf(agents))];
  const { logs } = await send(client, { ...kernel(), functionName: 'createJobWithBudget', args });
  const jobId = jobIdOf(logs);
  return { jobId, terms: termsOf(agents, { jobId, salt: 0n }) };
}

async function accept(jobId: bigint, terms: Terms): Promise<void> {
  const signature = await provider.signTypedData(typedTerms(terms));
  await send(relayer, { ...court(), functionName: 'accept', args: [jobId, signature] });
}

async function fundByRelay(jobId: bigint): Promise<void> {
  const signature = await authorize(escrow, authorizationNonce(chain.deployment, { jobId, budget }));
  const args = [jobId, budget, 0n, BigInt(expiredAt), signature, '0x'];
  await send(relayer, { ...kernel(), functionName: 'fundWithAuthorization', args });
}

async function submit(jobId: bigint): Promise<void> {
  const args = [jobId, deliverable, encodeDeliverableUri('ipfs://result')];
  const { logs } = await send(provider, { ...kernel(), functionName: 'submit', args });
  const [event] = parseEventLogs({ abi: courtAbi, logs, eventName: 'DeliverableSubmitted' });
  expect(event?.args).toMatchObject({ jobId, deliverable, deliverableURI: 'ipfs://result' });
}

function validate(jobId: bigint, { terms, score }: { terms: Terms; score: number }) {
  const args = [jobId, terms, score, evidenceHash, 'ipfs://evidence'];
  return send(validator, { ...court(), functionName: 'validate', args });
}

async function wait(seconds: number): Promise<void> {
  const anvil = createTestClient({ mode: 'anvil', chain: foundry, transport: http(chain.rpcUrl) });
  await anvil.increaseTime({ seconds });
  await anvil.mine({ blocks: 1 });
}

function balances(): Promise<bigint[]> {
  const { usdc: address, agenticCommerce } = chain.deployment;
  const accounts = [client.address, provider.address, validator.address, agenticCommerce];
  return Promise.all(
    accounts.map((account) =>
      reader.readContract({ address, abi: testUsdcAbi, functionName: 'balanceOf', args: [account] }),
    ),
  );
}

async function movedSince(before: bigint[]): Promise<bigint[]> {
  const after = await balances();
  return after.map((amount, index) => amount - (before[index] ?? 0n));
}

function summary(agentId: bigint, [tag1, tag2]: [string, string]) {
  const { reputationRegistry: address, court: author } = chain.deployment;
  const args = [agentId, [author], tag1, tag2] as const;
  return reader.readContract({ address, abi: reputationRegistryAbi, functionName: 'getSummary', args });
}

describe('a job on a real chain', () => {
  it('completes in three transactions: paid to the unit, both sides rated', async () => {
    const agents = { ofProvider: await registerAgent(provider), ofClient: await registerAgent(client) };
    const before = await balances();
    const { jobId, terms } = await hireByOffer(agents);
    expect(await movedSince(before)).toEqual([-escrow, 0n, 0n, escrow]);
    await submit(jobId);
    const { logs } = await validate(jobId, { terms, score: 91 });

    const [settled] = parseEventLogs({ abi: courtAbi, logs, eventName: 'Settled' });
    const decision = { resolution: 0, providerAmount: budget, score: 91, reason: evidenceHash };
    expect(settled?.args).toEqual({ jobId, ...decision });
    expect(await movedSince(before)).toEqual([-escrow, budget, validatorFee, 0n]);
    expect(await summary(agents.ofProvider, ['bonafide.job', 'completed'])).toEqual([1n, 91n, 0]);
    expect(await summary(agents.ofClient, ['bonafide.client', 'completed'])).toEqual([1n, 100n, 0]);
  });

  it('fails: after the dispute window the client has its budget back, and the validator is paid', async () => {
    const ofProvider = await registerAgent(provider);
    const before = await balances();
    const { jobId, terms } = await propose({ ofProvider });
    await accept(jobId, terms);
    await fundByRelay(jobId);
    await submit(jobId);
    await validate(jobId, { terms, score: 69 });
    const settle = { ...court(), functionName: 'settle', args: [jobId, terms] };
    await expect(send(relayer, settle)).rejects.toThrow(/NotDecided/);
    await wait(hour);
    await send(relayer, settle);
    expect(await movedSince(before)).toEqual([-validatorFee, 0n, validatorFee, 0n]);
    expect(await summary(ofProvider, ['bonafide.job', 'rejected'])).toEqual([1n, 69n, 0]);
  });

  it('cannot be funded before the provider consents', async () => {
    const { jobId } = await propose();
    await expect(fundByRelay(jobId)).rejects.toThrow(/WrongPhase/);
  });

  it('is funded by a permit', async () => {
    const { jobId, terms } = await propose();
    await accept(jobId, terms);
    const deadline = BigInt(expiredAt);
    const spender = chain.deployment.agenticCommerce;
    const signature = await client.signTypedData({
      domain: usdcDomain(chain.deployment),
      types: permitTypes,
      primaryType: 'Permit',
      message: { owner: client.address, spender, value: escrow, nonce: 0n, deadline },
    });
    const [r, s, v] = [`0x${signature.slice(2, 66)}`, `0x${signature.slice(66, 130)}`, signature.slice(130)];
    const args = [jobId, budget, deadline, Number.parseInt(v ?? '', 16), r, s, '0x'];
    await send(client, { ...kernel(), functionName: 'fundWithPermit', args });
    const job = await reader.readContract({ ...kernel(), functionName: 'getJob', args: [jobId] });
    expect(job).toMatchObject({ status: 1, budget, evaluatorFee: validatorFee, client: client.address });
  });

  it('is extended and then cancelled by both, with signatures alone', async () => {
    const before = await balances();
    const { jobId } = await hireByOffer({});
    const validUntil = BigInt(expiredAt);
    const typed = { domain: consentDomain(chain.deployment), types: consentTypes } as const;
    const optParams = encodeAbiParameters([{ type: 'uint48' }], [submitBy + 60]);
    const extension = { jobId, expiredAt: expiredAt + 60, validUntil, optParams };
    const extend = { ...typed, primaryType: 'Extension', message: extension } as const;
    const consents = [await client.signTypedData(extend), await provider.signTypedData(extend)];
    const extendArgs = [jobId, extension.expiredAt, validUntil, optParams, ...consents];
    await send(relayer, { ...kernel(), functionName: 'extend', args: extendArgs });

    const message = { jobId, providerAmount: 1_000_000n, validUntil };
    const cancel = { ...typed, primaryType: 'Cancellation', message } as const;
    const both = [await client.signTypedData(cancel), await provider.signTypedData(cancel)];
    const cancelArgs = [jobId, message.providerAmount, validUntil, ...both];
    await send(relayer, { ...kernel(), functionName: 'cancel', args: cancelArgs });
    expect(await movedSince(before)).toEqual([-1_000_000n, 1_000_000n, 0n, 0n]);
  });
});

describe('typed data', () => {
  it('hashes terms and offers as the court does', async () => {
    const { jobId, terms } = await propose();
    const digest = await reader.readContract({ ...court(), functionName: 'termsDigest', args: [jobId] });
    expect(hashTypedData(typedTerms(terms))).toBe(digest);
    const offer = { ...termsOf({}, { jobId: 0n, salt: 2n ** 255n }), templateId: 2 ** 32 - 1 };
    const offered = await reader.readContract({ ...court(), functionName: 'digestOf', args: [offer] });
    expect(hashTypedData(typedTerms(offer))).toBe(offered);
  });

  it('computes every nonce as its contract does', async () => {
    const { deployment } = chain;
    const job = {
      ...jobOf({ ofProvider: 7n }),
      hook: zeroAddress,
      templateId: 9,
      description: 'é'.repeat(40),
    };
    const optParams = encodeProposal(proposalOf({ ofClient: 3n }));
    const disputes = { address: deployment.disputes, abi: disputesAbi } as const;
    const pool = { address: deployment.arbitratorPool, abi: arbitratorPoolAbi } as const;
    const arbitrator = relayer.address;
    expect([
      authorizationNonce(deployment, { jobId: 7n, budget }),
      newJobNonce(deployment, { job, optParams }),
      bondNonce(deployment, { jobId: 7n, evidenceHash }),
      joinNonce(deployment, { arbitrator, stake: 5n }),
    ]).toEqual([
      await reader.readContract({ ...kernel(), functionName: 'authorizationNonce', args: [7n, budget] }),
      await reader.readContract({ ...kernel(), functionName: 'newJobNonce', args: [job, optParams] }),
      await reader.readContract({ ...disputes, functionName: 'bondNonce', args: [7n, evidenceHash] }),
      await reader.readContract({ ...pool, functionName: 'joinNonce', args: [arbitrator, 5n] }),
    ]);
  });
});
