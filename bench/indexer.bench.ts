// A gateway with an empty database catches up with a chain that holds thousands of events of our contracts, against the
// least that reads the same: getLogs over the same blocks and addresses, and viem's decoding of each log. Wall time for
// each event; the node's time is in both. The gateway also stores, folds jobs, reads what is not in the logs and commits.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  agenticCommerceAbi,
  arbitratorPoolAbi,
  courtAbi,
  disputesAbi,
  encodeProposal,
  jobTemplatesAbi,
  treasuryAbi,
} from '@bonafide/contracts';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { encodeFunctionData, type Hex, parseEventLogs, zeroHash } from 'viem';
import { type BenchChain, type Call, openChain, sendBatch, signBatch } from './chain.ts';
import { measureSides, ratioOf, type Side } from './rounds.ts';

const ROUNDS = 3;
const WALLETS = 8;
const JOBS_A_WALLET = 150;
/** Blocks in one getLogs, as the gateway asks for. */
const RANGE = 2_000n;
const LOOK_MS = 5;
const HOUR = 3_600;

const ABIS = [agenticCommerceAbi, courtAbi, disputesAbi, arbitratorPoolAbi, jobTemplatesAbi, treasuryAbi];
const ABI = ABIS.flat();

function addressesOf({ deployment }: BenchChain): Hex[] {
  const { agenticCommerce, court, disputes, arbitratorPool, jobTemplates, treasury } = deployment;
  return [agenticCommerce, court, disputes, arbitratorPool, jobTemplates, treasury];
}

/** An open job with its terms; nobody else has to do anything for it. */
function createJob(chain: BenchChain, now: number): Call {
  const { agenticCommerce, court } = chain.deployment;
  const [provider, validator]: Hex[] = [`0x${'b'.repeat(40)}`, `0x${'c'.repeat(40)}`];
  if (provider === undefined || validator === undefined) throw new Error('a party is missing');
  const rules = {
    ...{ validators: [validator], requiredPasses: 1, threshold: 70, validatorFee: 0n },
    ...{ validationWindow: HOUR, silencePercent: 0, disputeWindow: HOUR },
    ...{ revalidators: [], requiredRepasses: 0, bondBps: 1_000 },
    ...{ evidenceWindow: HOUR, rulingWindow: HOUR, defaultPercent: 50 },
  };
  const submitBy = now + 2 * HOUR;
  const proposal = encodeProposal({
    ...{ salt: 0n, submitBy, specHash: zeroHash, previousJobId: 0n },
    ...{ hasClientAgent: false, clientAgentId: 0n, rules, providerSignature: '0x' },
  });
  const job = {
    ...{ provider, evaluator: court, hook: court, expiredAt: now + 48 * HOUR },
    ...{ budget: 12_500_000n, evaluatorFee: 0n, templateId: 0, hasAgentId: false, agentId: 0n },
    description: 'Clean a file and say what was in it.',
  };
  const functionName = 'createJobWithBudget';
  const data = encodeFunctionData({ abi: agenticCommerceAbi, functionName, args: [job, proposal] });
  return { to: agenticCommerce, data, gas: 600_000n };
}

/** Fills the chain; returns how many jobs there are. */
async function fill(chain: BenchChain): Promise<bigint> {
  const wallets = await Promise.all(Array.from({ length: WALLETS }, () => chain.openWallet()));
  const call = createJob(chain, Number((await chain.node.getBlock()).timestamp));
  await sendBatch(chain, await signBatch(chain, { wallets, perWallet: JOBS_A_WALLET, toCall: () => call }));
  const address = chain.deployment.agenticCommerce;
  const jobs = await chain.node.readContract({ address, abi: agenticCommerceAbi, functionName: 'jobCount' });
  if (jobs !== BigInt(WALLETS * JOBS_A_WALLET)) throw new Error(`the chain has ${jobs} jobs`);
  return jobs;
}

/** All events of our contracts, read and decoded and then forgotten. */
async function readEvents(chain: BenchChain): Promise<number> {
  const head = await chain.node.getBlockNumber();
  let count = 0;
  for (let fromBlock = 0n; fromBlock <= head; fromBlock += RANGE) {
    const last = fromBlock + RANGE - 1n;
    const range = { fromBlock, toBlock: last < head ? last : head };
    const logs = await chain.node.getLogs({ address: addressesOf(chain), ...range });
    count += parseEventLogs({ abi: ABI, logs }).length;
  }
  return count;
}

async function isCurrent(gateway: Gateway): Promise<boolean> {
  const answer = await gateway.fetch(new Request('http://gateway/v1/health'));
  const health: { chain: string; indexLagBlocks?: number } = await answer.json();
  return health.chain === 'ok' && health.indexLagBlocks === 0;
}

/** Milliseconds from a gateway with an empty database to one that is not behind the chain. */
async function catchUp(chain: BenchChain, { jobs }: { readonly jobs: bigint }): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-bench-'));
  try {
    await using gateway = await createGateway({
      ...{ database: join(folder, 'bench.db'), logLevel: 'silent' },
      chain: { rpcUrl: chain.rpcUrl, deployment: chain.deployment },
    });
    // The chain is followed from the moment the gateway is there.
    const start = performance.now();
    while (!(await isCurrent(gateway))) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const elapsed = performance.now() - start;
    await checkJob(gateway, jobs);
    return elapsed;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function checkJob(gateway: Gateway, jobId: bigint): Promise<void> {
  const { ownerToken } = await gateway.createWorkspace('bench');
  const headers = { authorization: `Bearer ${ownerToken}` };
  const answer = await gateway.fetch(new Request(`http://gateway/v1/jobs/${jobId}`, { headers }));
  if (!answer.ok) throw new Error(`the index has no job ${jobId}: ${await answer.text()}`);
}

await using chain = await openChain();
const jobs = await fill(chain);
const events = await readEvents(chain);
console.log(`${jobs} jobs, ${events} events, ${await chain.node.getBlockNumber()} blocks`);

const ours: Side = {
  name: 'gateway, from an empty database',
  measure: async () => ((await catchUp(chain, { jobs })) * 1000) / events,
};
const peer: Side = {
  name: 'viem getLogs and decoding',
  async measure() {
    const start = performance.now();
    if ((await readEvents(chain)) !== events) throw new Error('events are missing');
    return ((performance.now() - start) * 1000) / events;
  },
};
const [gateway, viem] = await measureSides([ours, peer], { rounds: ROUNDS, unit: 'us an event' });
if (gateway === undefined || viem === undefined) throw new Error('a side is missing');
const perSecond = (us: number): string => `${Math.round(1e6 / us)}/s`;
console.log(`indexer ratio=${ratioOf([viem, gateway])} ours=${perSecond(gateway)} peer=${perSecond(viem)}`);
