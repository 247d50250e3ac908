import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  type Hex,
  http,
  keccak256,
  parseEventLogs,
  stringToHex,
} from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  agenticCommerceAbi,
  arbitratorPoolAbi,
  bondNonce,
  courtAbi,
  disputesAbi,
  encodeProposal,
  errorsAbi,
  joinNonce,
  type RulesStruct,
  receiveWithAuthorizationTypes,
  termsDomain,
  termsTypes,
  testUsdcAbi,
  usdcDomain,
} from './index.ts';
import { type LocalChain, startLocalChain } from './local/index.ts';

const mnemonic = 'test test test test test test test test test test test junk';
type Account = ReturnType<typeof mnemonicToAccount>;
const [client, provider, validator, relayer, ...arbitrators] = [0, 1, 2, 3, 4, 5, 6].map((addressIndex) =>
  mnemonicToAccount(mnemonic, { addressIndex }),
) as [Account, Account, Account, Account, ...Account[]];

const hour = 3_600;
const budget = 40_000_000n;
const bond = 4_000_000n;
const stake = 100_000_000n;
const evidenceHash = keccak256(stringToHex('evidence'));
const rules: RulesStruct = {
  validators: [validator.address],
  requiredPasses: 1,
  threshold: 70,
  validatorFee: 0n,
  validationWindow: hour,
  silencePercent: 50,
  disputeWindow: hour,
  revalidators: [],
  requiredRepasses: 0,
  bondBps: 1_000,
  evidenceWindow: hour,
  rulingWindow: hour,
  defaultPercent: 50,
};

let chain: LocalChain;
let reader: ReturnType<typeof createPublicClient>;
let startedAt: number;

beforeAll(async () => {
  chain = await startLocalChain();
  reader = createPublicClient({ chain: foundry, transport: http(chain.rpcUrl), pollingInterval: 20 });
  startedAt = Number((await reader.getBlock()).timestamp);
  for (const { address } of [client, provider, ...arbitrators]) {
    await chain.faucet(address, { usdcUnits: stake });
  }
});

afterAll(async () => {
  await chain[Symbol.asyncDispose]();
});

interface Call {
  readonly address: Hex;
  readonly abi: unknown;
  readonly functionName: string;
  readonly args: readonly unknown[];
}

async function send(account: Account, call: Call) {
  const { request } = await reader.simulateContract({ account, ...call } as never);
  const wallet = createWalletClient({ account, chain: foundry, transport: http(chain.rpcUrl) });
  const receipt = await reader.waitForTransactionReceipt({
    hash: await wallet.writeContract(request as never),
  });
  expect(receipt.status).toBe('success');
  return receipt;
}

const disputes = (functionName: string, args: readonly unknown[]): Call => ({
  address: chain.deployment.disputes,
  abi: [...disputesAbi, ...errorsAbi],
  functionName,
  args,
});

const kernel = (functionName: string, args: readonly unknown[]): Call => ({
  address: chain.deployment.agenticCommerce,
  abi: [...agenticCommerceAbi, ...errorsAbi],
  functionName,
  args,
});

const court = (functionName: string, args: readonly unknown[]): Call => ({
  address: chain.deployment.court,
  abi: [...courtAbi, ...errorsAbi],
  functionName,
  args,
});

/** An EIP-3009 signature, which anybody can bring. */
function authorize(from: Account, payment: { to: Hex; value: bigint; nonce: Hex }): Promise<Hex> {
  const validBefore = BigInt(startedAt + 48 * hour);
  return from.signTypedData({
    domain: usdcDomain(chain.deployment),
    types: receiveWithAuthorizationTypes,
    primaryType: 'ReceiveWithAuthorization',
    message: { from: from.address, validAfter: 0n, validBefore, ...payment },
  });
}

async function signedBond(from: Account, jobId: bigint) {
  const nonce = bondNonce(chain.deployment, { jobId, evidenceHash });
  const signature = await authorize(from, { to: chain.deployment.disputes, value: bond, nonce });
  return { validAfter: 0n, validBefore: BigInt(startedAt + 48 * hour), signature };
}

async function takeSeat(arbitrator: Account): Promise<void> {
  const { arbitratorPool: address } = chain.deployment;
  const nonce = joinNonce(chain.deployment, { arbitrator: arbitrator.address, stake });
  const signature = await authorize(arbitrator, { to: address, value: stake, nonce });
  const args = [arbitrator.address, stake, 0n, BigInt(startedAt + 48 * hour), signature];
  await send(relayer, { address, abi: arbitratorPoolAbi, functionName: 'joinWithAuthorization', args });
}

/** A job that its validator has failed. */
async function failedJob() {
  const { court: evaluator, agenticCommerce, usdc } = chain.deployment;
  const proposal = {
    salt: 0n,
    submitBy: startedAt + 12 * hour,
    specHash: evidenceHash,
    previousJobId: 0n,
    hasClientAgent: false,
    clientAgentId: 0n,
    rules,
    providerSignature: '0x',
  } as const;
  const expiredAt = startedAt + 48 * hour;
  const parties = { provider: provider.address, evaluator, hook: evaluator, expiredAt, budget };
  const rest = { evaluatorFee: 0n, templateId: 0, hasAgentId: false, agentId: 0n, description: 'brief' };
  const created = await send(
    client,
    kernel('createJobWithBudget', [{ ...parties, ...rest }, encodeProposal(proposal)]),
  );
  const [event] = parseEventLogs({ abi: courtAbi, logs: created.logs, eventName: 'TermsProposed' });
  if (!event) throw new Error('No TermsProposed event.');
  const { jobId, terms } = event.args;
  const signature = await provider.signTypedData({
    domain: termsDomain(chain.deployment),
    types: termsTypes,
    primaryType: 'Terms',
    message: terms,
  });
  await send(relayer, court('accept', [jobId, signature]));
  const approve = {
    address: usdc,
    abi: testUsdcAbi,
    functionName: 'approve',
    args: [agenticCommerce, budget],
  };
  await send(client, approve);
  await send(client, kernel('fund', [jobId, budget, '0x']));
  await send(provider, kernel('submit', [jobId, evidenceHash, '0x']));
  await send(validator, court('validate', [jobId, terms, 0, evidenceHash, '']));
  return { jobId, terms };
}

async function wait(seconds: number): Promise<void> {
  const anvil = createTestClient({ mode: 'anvil', chain: foundry, transport: http(chain.rpcUrl) });
  await anvil.increaseTime({ seconds });
  await anvil.mine({ blocks: 1 });
}

function balanceOf(account: Hex): Promise<bigint> {
  const { usdc: address } = chain.deployment;
  return reader.readContract({ address, abi: testUsdcAbi, functionName: 'balanceOf', args: [account] });
}

it('is disputed by signatures alone, judged by whom the chain draws, and paid to the unit', async () => {
  for (const arbitrator of arbitrators) await takeSeat(arbitrator);
  // A seat counts for what is escalated in a later second than it was taken.
  await wait(1);
  const { jobId, terms } = await failedJob();
  const opening = await signedBond(provider, jobId);
  await send(relayer, disputes('open', [jobId, terms, true, evidenceHash, 'ipfs://work', opening]));
  const answering = await signedBond(client, jobId);
  await send(relayer, disputes('answer', [jobId, terms, evidenceHash, 'ipfs://reply', answering]));
  await send(relayer, disputes('captureEntropy', [jobId]));
  const assignment = disputes('assignArbitrator', [jobId, terms]);
  await expect(send(relayer, assignment)).rejects.toThrow(/StageRunning/);
  await wait(hour);
  const { logs } = await send(relayer, assignment);
  const [assigned] = parseEventLogs({ abi: disputesAbi, logs, eventName: 'ArbitratorAssigned' });
  const judge = arbitrators.find(({ address }) => address === assigned?.args.arbitrator);
  if (!judge) throw new Error('None of the arbitrators was drawn.');

  const before = await Promise.all([client.address, provider.address, judge.address].map(balanceOf));
  await send(judge, disputes('rule', [jobId, terms, 75, evidenceHash, 'ipfs://ruling']));
  const after = await Promise.all([client.address, provider.address, judge.address].map(balanceOf));
  // The judge gets half a bond; the rest of both is divided as the budget is.
  expect(after.map((amount, index) => amount - (before[index] ?? 0n))).toEqual([
    (budget + 2n * bond - bond / 2n) / 4n,
    ((budget + 2n * bond - bond / 2n) * 3n) / 4n,
    bond / 2n,
  ]);
  expect(await balanceOf(chain.deployment.disputes)).toBe(0n);
});
