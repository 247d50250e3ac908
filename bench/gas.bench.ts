// What a job costs in gas, and in USDC at a stated price: no timing, and the same on every machine. The steps are the gas
// snapshot of the contracts' tests, each a transaction of its own with its calldata; the peer is a plain ERC-20 transfer
// to somebody who holds the token already, sent on a local chain. What a rollup adds for data is not in it.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openChain, sendBatch, signBatch, transferTo } from './chain.ts';

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

/** To a payee with a balance: the first units ever cost more. */
async function measureTransfer(): Promise<number> {
  await using chain = await openChain();
  const [sender, payee] = [await chain.openWallet(), await chain.openWallet()];
  const call = transferTo(payee.address, chain.deployment);
  await sendBatch(chain, await signBatch(chain, { wallets: [sender], perWallet: 1, toCall: () => call }));
  const block = await chain.node.getBlock();
  const [hash] = block.transactions;
  if (hash === undefined) throw new Error('the transfer is in no block');
  const { status, gasUsed } = await chain.node.getTransactionReceipt({ hash });
  if (status !== 'success') throw new Error('the transfer did not run');
  return Number(gasUsed);
}

const transfer = await measureTransfer();
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
  ...Object.fromEntries(rows.map(({ name, gas, costs }) => [name, rowOf(gas, costs)])),
});
const gasOfPath = (name: string): number => rows.find((row) => row.name === name)?.gas ?? Number.NaN;
const offer = gasOfPath('paid, with an offer');
const stepByStep = gasOfPath('paid, step by step');
const arbitration = gasOfPath('failed, an arbitrator rules');
console.log(
  `gas ratio=${(offer / transfer).toFixed(3)} offer=${offer} (${toUsdc(offer)} USDC) five-transactions=${stepByStep} arbitration=${arbitration} transfer=${transfer}`,
);
