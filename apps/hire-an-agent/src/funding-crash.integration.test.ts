import { agenticCommerceAbi } from '@bonafide/contracts';
import { type Agent, connect, secure, walletFromKey } from '@bonafide/core';
import type { Job } from '@bonafide/core/models';
import { createPublicClient, getAbiItem, http } from 'viem';
import { expect, it } from 'vitest';
import { readBalances } from './balances.ts';
import { type Network, type Party, startNetwork } from './network.ts';
import { storeCsv } from './specification.ts';
import { startRole } from './start-role.ts';

const CSV = 'a,b\n1,2\n1,2\n';
const HOUR_MS = 3_600_000;
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();

// When the gateway dies: while a person is asked, just after the answer, or when the money has just moved.
it.each([
  'while the question is open',
  'right after the approval',
  'when the chain has the funding',
] as const)('nothing is lost or paid twice when the gateway is killed %s', async (moment) => {
  await using network = await startNetwork();
  const [buyerParty, providerParty, validatorParty] = [
    await network.addParty('acme', { routine: ['jobs.create'], startUsdc: '100' }),
    await network.addParty('globex', { routine: ['jobs.accept', 'jobs.submit'] }),
    await network.addParty('assay', { routine: ['jobs.validate'] }),
  ];
  await using provider = startRole('provider', { ...providerParty.environment, HIRE_DELIVERIES: 'good' });
  await using validator = startRole('validator', {
    ...validatorParty.environment,
    HIRE_NAME: 'second-look',
    HIRE_CAPABILITY: 'csv-validation',
    HIRE_SCORING: 'honest',
  });
  await Promise.all([provider.fact('ready'), validator.fact('ready')]);
  await using buyer = await startBuyer(buyerParty);
  const job = await offerJob(buyer);

  const owner = connect({ url: network.gateway.url, token: buyerParty.ownerToken });
  const fund = () => buyer.jobs.fund({ jobId: job.jobId, amountUsdc: '25', provider: job.provider });
  const funding = Promise.allSettled([fund()]);
  const question = await firstPending(owner);
  if (moment === 'while the question is open') {
    await network.gateway.kill();
    await network.gateway.restart();
    await owner.approvals.decide({ ...question, decision: 'approve' });
  } else {
    await owner.approvals.decide({ ...question, decision: 'approve' });
    if (moment === 'when the chain has the funding') await untilFunded(network, job.jobId);
    await network.gateway.kill();
    await network.gateway.restart();
  }
  await using _human = approveEverything(owner);
  const [first] = await funding;
  expect(first).toMatchObject({ status: 'fulfilled', value: { status: 'funded' } });
  // Whoever asks again, after a crash of its own for instance, must not pay again.
  expect(await fund()).toMatchObject({ jobId: job.jobId });

  expect((await untilStatus(buyer, job.jobId, 'completed')).score).toBe(100);
  expect(await fundingLogs(network, job.jobId)).toHaveLength(1);
  const accounts = {
    client: buyerParty.address,
    provider: providerParty.address,
    escrow: network.deployment.agenticCommerce,
  };
  expect(await readBalances({ rpcUrl: network.rpcUrl, usdc: network.deployment.usdc }, accounts)).toEqual({
    client: 75_000_000n,
    provider: 25_000_000n,
    escrow: 0n,
  });
  await expectWholeLog(owner);
});

type Owner = ReturnType<typeof connect>;

async function startBuyer({ environment }: Party): Promise<Agent> {
  const {
    BONAFIDE_URL: url,
    BONAFIDE_RPC_URL: rpcUrl,
    BONAFIDE_ENROLMENT_TOKEN: enrolmentToken,
  } = environment;
  const wallet = await walletFromKey(environment.BONAFIDE_WALLET_KEY ?? '');
  const privateKey = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
  return secure('careful-buyer', { url, enrolmentToken, privateKey, wallet, chain: { rpcUrl } });
}

async function offerJob(buyer: Agent): Promise<Job> {
  await buyer.wallets.link();
  const [provider, validator] = await Promise.all(
    ['csv-cleaning', 'csv-validation'].map(
      async (capability) => (await buyer.agents.find({ capability })).items[0],
    ),
  );
  const specification = JSON.stringify(await storeCsv(buyer, CSV));
  const { digest: specHash } = await buyer.artifacts.put({
    content: Buffer.from(specification).toString('base64'),
    mediaType: 'application/json',
    visibility: 'public',
  });
  const { jobId } = await buyer.jobs.create({
    provider: provider?.agentId ?? '',
    validators: [validator?.agentId ?? ''],
    rules: { disputes: 'none' },
    amountUsdc: '25',
    threshold: 80,
    description: 'Clean a CSV file.',
    specHash,
    submitBy: inHours(1),
    expiresAt: inHours(30),
  });
  return untilJob(buyer, jobId, ({ isAccepted }) => isAccepted);
}

async function untilJob(reader: Owner, jobId: string, isThere: (job: Job) => boolean): Promise<Job> {
  for await (const _ of reader.events.stream({ types: ['job.*'], subject: jobId, cursor: '0' })) {
    const job = await reader.jobs.get({ jobId });
    if (isThere(job)) return job;
  }
  throw new Error('The events ended.');
}

const untilStatus = (reader: Owner, jobId: string, status: Job['status']): Promise<Job> =>
  untilJob(reader, jobId, (job) => job.status === status);

async function firstPending(owner: Owner) {
  for await (const { status, approvalId, parametersDigest } of owner.approvals.watch({})) {
    if (status === 'pending') return { approvalId, parametersDigest };
  }
  throw new Error('The approvals ended.');
}

/** Approves whatever is asked until it is disposed. */
function approveEverything(owner: Owner): AsyncDisposable {
  const stopping = new AbortController();
  const { signal } = stopping;
  const approving = (async () => {
    for await (const { status, approvalId, parametersDigest } of owner.approvals.watch({}, { signal })) {
      if (status === 'pending')
        await owner.approvals.decide({ approvalId, parametersDigest, decision: 'approve' });
    }
  })().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await approving;
    },
  };
}

function nodeOf({ rpcUrl }: Network) {
  return createPublicClient({ transport: http(rpcUrl), pollingInterval: 5 });
}

async function fundingLogs(network: Network, jobId: string) {
  const event = getAbiItem({ abi: agenticCommerceAbi, name: 'JobFunded' });
  const address = network.deployment.agenticCommerce;
  return nodeOf(network).getLogs({ address, event, args: { jobId: BigInt(jobId) }, fromBlock: 0n });
}

/** Resolves as soon as a block holds the payment, most likely before the gateway has answered. */
async function untilFunded(network: Network, jobId: string): Promise<void> {
  const node = nodeOf(network);
  await new Promise<void>((resolve, reject) => {
    const stop = node.watchBlockNumber({
      emitOnBegin: true,
      onError: reject,
      onBlockNumber: async () => {
        if ((await fundingLogs(network, jobId)).length === 0) return;
        stop();
        resolve();
      },
    });
  });
}

async function expectWholeLog(owner: Owner): Promise<void> {
  const { items } = await owner.audit.list({ limit: 100 });
  expect(items.map(({ sequence }) => sequence)).toEqual(items.map((_, index) => index + 1));
  const decisions = items.filter(
    ({ event, data }) => event.startsWith('action.') && data?.action === 'jobs.fund',
  );
  const once = ['action.pending', 'action.approved', 'action.running', 'action.executed'];
  expect(decisions.map(({ event }) => event)).toEqual([...once, ...once]);
}
