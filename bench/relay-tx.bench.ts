// A signed transaction through relay.submit (HTTP signature, rules, simulation, durable row and audit entry, broadcast, its
// block) against the same kind of transaction handed straight to the node and waited for. One after the other, then many
// at once from one wallet. Wall time for each transaction; everything is signed before the clock starts.
import type { Agent } from '@bonafide/core';
import type { Hex } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { type BenchChain, openChain, signBatch, transferTo } from './chain.ts';
import { openChainGateway } from './gateway.ts';
import { measureSides, ratioOf, type Side } from './rounds.ts';

const ROUNDS = 5;
const IN_TURN = 8;
const AT_ONCE = 16;
const SINK = '0x00000000000000000000000000000000000b0b0b';

interface Way {
  readonly wallet: PrivateKeyAccount;
  /** Resolves when a block holds the transaction. */
  readonly send: (transaction: Hex) => Promise<void>;
}

function throughRelay({ agent, wallet }: { agent: Agent; wallet: PrivateKeyAccount }): Way {
  return {
    wallet,
    async send(signedTransaction) {
      const { status } = await agent.relay.submit({ signedTransaction });
      if (status !== 'included') throw new Error(`a relayed transaction is ${status}`);
    },
  };
}

function straight({ node }: BenchChain, wallet: PrivateKeyAccount): Way {
  return {
    wallet,
    async send(serializedTransaction) {
      const hash = await node.sendRawTransaction({ serializedTransaction });
      const { status } = await node.waitForTransactionReceipt({ hash });
      if (status !== 'success') throw new Error('a transaction did not run');
    },
  };
}

async function sign(chain: BenchChain, { wallet }: Way, count: number): Promise<readonly Hex[]> {
  const toCall = () => transferTo(SINK, chain.deployment);
  return (await signBatch(chain, { wallets: [wallet], perWallet: count, toCall })).transactions;
}

function inTurn(chain: BenchChain, { name, way }: { name: string; way: Way }): Side {
  return {
    name: `${name}, one after the other`,
    async measure() {
      const transactions = await sign(chain, way, IN_TURN);
      const start = performance.now();
      for (const transaction of transactions) await way.send(transaction);
      return (performance.now() - start) / IN_TURN;
    },
  };
}

function atOnce(chain: BenchChain, { name, way }: { name: string; way: Way }): Side {
  return {
    name: `${name}, ${AT_ONCE} at once`,
    async measure() {
      const transactions = await sign(chain, way, AT_ONCE);
      const start = performance.now();
      await Promise.all(transactions.map(way.send));
      return (performance.now() - start) / AT_ONCE;
    },
  };
}

await using chain = await openChain();
await using gateway = await openChainGateway(chain);
const relay = { name: 'relay.submit', way: throughRelay(await gateway.openAgent('sender')) };
const node = { name: 'eth_sendRawTransaction', way: straight(chain, await chain.openWallet()) };
const [relayed, direct, manyRelayed, manyDirect] = await measureSides(
  [inTurn(chain, relay), inTurn(chain, node), atOnce(chain, relay), atOnce(chain, node)],
  { rounds: ROUNDS, unit: 'ms a transaction' },
);
if (relayed === undefined || direct === undefined) throw new Error('a side is missing');
if (manyRelayed === undefined || manyDirect === undefined) throw new Error('a side is missing');
const ms = (value: number): string => `${value.toFixed(1)}ms`;
console.log(
  `relay-tx ratio=${ratioOf([relayed, direct])} relayed=${ms(relayed)} direct=${ms(direct)} at-once=${ratioOf([manyRelayed, manyDirect])} relayed=${ms(manyRelayed)} direct=${ms(manyDirect)}`,
);
