// Jobs through SDK, gateway and relay on a local chain, from an offer to the payment, against what the chain itself can
// take: plain USDC transfers, signed in advance and sent straight to the node. Several trades side by side, each with
// wallets of its own; the agents and the gateway share the machine with the chain. Wall time for each transaction.
import { testUsdcAbi } from '@bonafide/contracts';
import { type BenchChain, openChain, sendBatch, signBatch, transferTo } from './chain.ts';
import { openChainGateway } from './gateway.ts';
import { measureSides, ratioOf, type Side } from './rounds.ts';
import { byOffer, openTrade, stepByStep, type Trade } from './trade.ts';

const ROUNDS = 3;
const TRADES = 4;
const JOBS_A_TRADE = 5;
const TRANSFERS_A_WALLET = 30;
const SINK = '0x00000000000000000000000000000000000b0b0b';

interface Path {
  readonly name: string;
  readonly trades: readonly Trade[];
  readonly run: (trade: Trade) => Promise<void>;
  readonly transactions: number;
}

/** Milliseconds for each transaction of jobs that all run at once. */
function jobSide({ name, trades, run, transactions }: Path): Side {
  return {
    name,
    async measure() {
      const start = performance.now();
      await Promise.all(trades.flatMap((trade) => Array.from({ length: JOBS_A_TRADE }, () => run(trade))));
      return (performance.now() - start) / (trades.length * JOBS_A_TRADE * transactions);
    },
  };
}

async function limitSide(chain: BenchChain): Promise<Side> {
  const wallets = await Promise.all(Array.from({ length: TRADES * 3 }, () => chain.openWallet()));
  const { usdc } = chain.deployment;
  const received = () =>
    chain.node.readContract({ address: usdc, abi: testUsdcAbi, functionName: 'balanceOf', args: [SINK] });
  return {
    name: 'signed USDC transfers, straight to the node',
    async measure() {
      const toCall = () => transferTo(SINK, chain.deployment);
      const batch = await signBatch(chain, { wallets, perWallet: TRANSFERS_A_WALLET, toCall });
      const before = await received();
      const start = performance.now();
      await sendBatch(chain, batch);
      const elapsed = performance.now() - start;
      const count = batch.transactions.length;
      if ((await received()) - before !== BigInt(count)) throw new Error('a transfer did not run');
      return elapsed / count;
    },
  };
}

await using chain = await openChain();
await using gateway = await openChainGateway(chain);
const names = Array.from({ length: TRADES }, (_, index) => String(index));
const trades = await Promise.all(names.map((name) => openTrade(gateway, name)));
const [offers, steps, limit] = await measureSides(
  [
    jobSide({ name: 'jobs by offer, three transactions', trades, run: byOffer, transactions: 3 }),
    jobSide({ name: 'jobs step by step, five', trades, run: stepByStep, transactions: 5 }),
    await limitSide(chain),
  ],
  { rounds: ROUNDS, unit: 'ms a transaction' },
);
if (offers === undefined || steps === undefined || limit === undefined) throw new Error('a side is missing');
const perSecond = (ms: number): string => (1000 / ms).toFixed(1);
console.log(
  `lifecycle ratio=${ratioOf([limit, offers])} jobs=${perSecond(offers * 3)}/s limit=${perSecond(limit)}tx/s five-transactions=${ratioOf([limit, steps])} jobs=${perSecond(steps * 5)}/s`,
);
