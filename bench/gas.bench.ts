// What a job costs in gas, and in USDC at a stated price: no timing, and the same on every machine. The steps are the gas
// snapshot of the contracts' tests, each a transaction of its own with its calldata; the paths through the SDK and the peer,
// a plain ERC-20 transfer to somebody who holds the token already, are run on a local chain. What a rollup adds for data is
// not in it.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type BenchChain, openChain, sendBatch, signBatch, transferTo } from './chain.ts';
import { openChainGateway } from './gateway.ts';
import { byOffer, openTrade, stepByStep } from './trade.ts';

const SNAPSHOTS = new URL('../packages/contracts/snapshots/', import.meta.url);

const { values } = parseArgs({
  options: {
    'gas-price-gwei': { type: 'string', default: '0.01' },
    'eth-usdc': { type: 'string', default: '3000' },
  },
});

function positive(name: keyof typeof values): number {
  const value = Number(values[name]);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new Error(`--${name} must be a number above zero, not ${values[name]}`);
}

const gasPriceGwei = positive('gas-price-gwei');
const ethUsdc = positive('eth-usdc');
const toUsdc = (gas: number): string => ((gas * gasPriceGwei * ethUsdc) / 1e9).toFixed(4);

async function readSnapshot(name: string): Promise<Readonly<Record<string, string>>> {
  return JSON.parse(await readFile(new URL(`${name}.json`, SNAPSHOTS), 'utf8'));
}

const steps = { ...(await readSnapshot('gas')), ...(await readSnapshot('disputes')) };

function gasOf(names: readonly string[]): number {
  return names.reduce((sum, name) => {
    const gas = Number(steps[name]);
    if (gas > 0) return sum + gas;
    throw new Error(`the snapshot has no step '${name}'`);
  }, 0);
}

interface Path {
  readonly job: readonly string[];
  /** What the dispute adds. */
  readonly dispute?: readonly string[];
}

const FAILED = ['createAndFund', 'submit', 'validate, fails'];
const REVALIDATION = ['open, with re-validators', 'answer', 'revalidate', 'revalidate, decided'];
const DRAW = ['open, with arbitrators', 'answer', 'captureEntropy', 'assignArbitrator'];

/** From nothing to money at rest; each step is one transaction. */
const paths: Readonly<Record<string, Path>> = {
  'paid, with an offer': { job: ['createAndFund', 'submit', 'validate, passes and pays'] },
  'paid, with an offer, first feedback about both agents': {
    job: ['createAndFund, both agents', 'submit, agent', 'validate, first feedback about both'],
  },
  'paid, step by step': {
    job: [
      ...['createJobWithBudget', 'accept', 'fundWithAuthorization', 'submit'],
      'validate, passes and pays',
    ],
  },
  'failed and refunded': { job: [...FAILED, 'settle, refunds'] },
  'failed, two re-validators decide': {
    job: FAILED,
    dispute: [...REVALIDATION, 'finalize, re-validation stands'],
  },
  'failed, re-validated, escalated, an arbitrator rules': {
    job: FAILED,
    dispute: [...REVALIDATION, 'escalate', 'captureEntropy', 'assignArbitrator', 'rule'],
  },
  'failed, an arbitrator rules': { job: FAILED, dispute: [...DRAW, 'rule'] },
  'failed, one arbitrator is silent, the next rules': {
    job: FAILED,
    dispute: [...DRAW, 'assignArbitrator, the last one missed', 'rule'],
  },
  'failed, nobody can rule, default': {
    job: FAILED,
    dispute: ['open, with arbitrators', 'finalize, default'],
  },
};

/** The gas of all that `run` sends; nobody else uses the chain. */
async function gasUsedBy({ node }: BenchChain, run: () => Promise<void>): Promise<number> {
  const before = await node.getBlockNumber();
  await run();
  const after = await node.getBlockNumber();
  let gas = 0n;
  for (let blockNumber = before + 1n; blockNumber <= after; blockNumber += 1n)
    gas += (await node.getBlock({ blockNumber })).gasUsed;
  return Number(gas);
}

/** To a payee with a balance: the first units ever cost more. */
async function measureTransfer(chain: BenchChain): Promise<number> {
  const [sender, payee] = [await chain.openWallet(), await chain.openWallet()];
  const toCall = () => transferTo(payee.address, chain.deployment);
  const batch = await signBatch(chain, { wallets: [sender], perWallet: 1, toCall });
  return gasUsedBy(chain, () => sendBatch(chain, batch));
}

/** A later job of parties that have traded before, as the SDK runs it. */
async function measureTrades(chain: BenchChain): Promise<{ offer: number; steps: number }> {
  await using gateway = await openChainGateway(chain);
  const trade = await openTrade(gateway, 'gas');
  await byOffer(trade);
  return {
    offer: await gasUsedBy(chain, () => byOffer(trade)),
    steps: await gasUsedBy(chain, () => stepByStep(trade)),
  };
}

await using chain = await openChain();
const transfer = await measureTransfer(chain);
const through = await measureTrades(chain);
const rowOf = (gas: number, { transactions, dispute }: { transactions: number; dispute: number }) => ({
  ...{ transactions, gas: gas.toLocaleString('en'), USDC: toUsdc(gas) },
  'of it the dispute': dispute === 0 ? '' : `${dispute.toLocaleString('en')} (${toUsdc(dispute)} USDC)`,
  'plain transfers': (gas / transfer).toFixed(1),
});
const rows = Object.entries(paths).map(([name, { job, dispute = [] }]) => ({
  ...{ name, gas: gasOf([...job, ...dispute]) },
  costs: { transactions: job.length + dispute.length, dispute: gasOf(dispute) },
}));

console.log(`at ${gasPriceGwei} gwei for a unit of gas and ${ethUsdc} USDC for an ether`);
console.table({
  'plain ERC-20 transfer': rowOf(transfer, { transactions: 1, dispute: 0 }),
  'SDK, with an offer, agents that have a record': rowOf(through.offer, { transactions: 3, dispute: 0 }),
  'SDK, step by step, agents that have a record': rowOf(through.steps, { transactions: 5, dispute: 0 }),
  ...Object.fromEntries(rows.map(({ name, gas, costs }) => [name, rowOf(gas, costs)])),
});
const gasOfPath = (name: string): number => rows.find((row) => row.name === name)?.gas ?? Number.NaN;
const offer = gasOfPath('paid, with an offer');
const five = gasOfPath('paid, step by step');
const arbitration = gasOfPath('failed, an arbitrator rules');
console.log(
  `gas ratio=${(offer / transfer).toFixed(3)} offer=${offer} (${toUsdc(offer)} USDC) five-transactions=${five} arbitration=${arbitration} sdk-offer=${through.offer} transfer=${transfer}`,
);
