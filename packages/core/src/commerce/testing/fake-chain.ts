import {
  createPublicClient,
  custom,
  type Hex,
  keccak256,
  type PublicClient,
  parseTransaction,
  toHex,
} from 'viem';
import { BonafideError, ConnectionError } from '../../errors.ts';

/** What the relay does with bytes: hands them on and answers, or fails in one of the ways that gateways fail. */
export type Fault =
  | 'none'
  /** The node gets them, the caller hears nothing. */
  | 'swallow'
  /** Neither. */
  | 'drop'
  | 'forbid'
  | 'revert';

/** One sender's account on a chain in memory, with a relay that fails on demand. */
export interface FakeChain {
  readonly node: PublicClient;
  /** Everything that was offered, in order. */
  readonly offered: readonly Hex[];
  /** The most transactions that ever waited for a block. */
  readonly mostWaiting: number;
  readonly included: readonly { readonly hash: Hex; readonly nonce: number }[];
  faults(next: (attempt: number) => Fault): void;
  /** Includes all that can be; without it nothing is when `isAutomatic` is false. */
  mine(): void;
  /** Takes the next nonce, as another process with the same key would. */
  useNonce(): void;
  /** Another process's transaction with the next nonce waits; `mine` includes it. */
  blockNonce(): void;
  submit(input: { readonly signedTransaction: Hex }): Promise<{ status: string; revert?: string }>;
}

const FOREIGN: Hex = `0x${'f'.repeat(64)}`;

export interface FakeChainOptions {
  /** Whether each transaction gets its block at once. */
  readonly isAutomatic?: boolean;
  readonly pollingInterval?: number;
}

export function createFakeChain({
  isAutomatic = true,
  pollingInterval = 1,
}: FakeChainOptions = {}): FakeChain {
  const offered: Hex[] = [];
  const included: { hash: Hex; nonce: number }[] = [];
  const waiting = new Map<number, Hex>();
  const reverted = new Set<Hex>();
  let fault: (attempt: number) => Fault = () => 'none';
  let mostWaiting = 0;

  function mine(): void {
    for (let hash = waiting.get(included.length); hash; hash = waiting.get(included.length)) {
      waiting.delete(included.length);
      included.push({ hash, nonce: included.length });
    }
  }

  function countPending(): number {
    let count = included.length;
    while (waiting.has(count)) count += 1;
    return count;
  }

  function broadcast(hash: Hex, nonce: number): void {
    if (included.some((each) => each.hash === hash) || waiting.get(nonce) === hash) return;
    const pending = countPending();
    if (nonce !== pending) {
      throw new BonafideError('CONFLICT', `The next nonce is ${pending}.`, {
        details: { reason: 'NONCE', nonce: pending },
      });
    }
    waiting.set(nonce, hash);
    mostWaiting = Math.max(mostWaiting, waiting.size);
    if (isAutomatic) mine();
  }

  const isKnown = (hash: Hex): boolean =>
    included.some((each) => each.hash === hash) || [...waiting.values()].includes(hash);

  const answers: Record<string, (...params: never[]) => unknown> = {
    eth_getTransactionCount: (_address: Hex, block: string) =>
      toHex(block === 'pending' ? countPending() : included.length),
    eth_getTransactionByHash: (hash: Hex) => (isKnown(hash) ? transactionOf(hash) : null),
    eth_getTransactionReceipt: (hash: Hex) =>
      included.some((each) => each.hash === hash) ? receiptOf(hash, reverted.has(hash)) : null,
  };
  const transport = custom({
    request: async ({ method, params = [] }) => {
      const answer = answers[method];
      if (!answer) throw new Error(`The test asks for ${method}.`);
      return answer(...(params as never[]));
    },
  });
  return {
    node: createPublicClient({ transport, pollingInterval }),
    offered,
    included,
    get mostWaiting() {
      return mostWaiting;
    },
    faults(next) {
      fault = next;
    },
    mine,
    useNonce: () => void included.push({ hash: FOREIGN, nonce: included.length }),
    blockNonce: () => void waiting.set(included.length, FOREIGN),
    async submit({ signedTransaction }) {
      const kind = fault(offered.length);
      offered.push(signedTransaction);
      const hash = keccak256(signedTransaction);
      if (kind === 'drop') throw new ConnectionError('The gateway was not reached.');
      if (kind === 'forbid') throw new BonafideError('FORBIDDEN', 'The relay does not carry this.');
      if (kind === 'revert') reverted.add(hash);
      broadcast(hash, parseTransaction(signedTransaction).nonce ?? 0);
      if (kind === 'swallow') throw new ConnectionError('The answer was lost.');
      if (!included.some((each) => each.hash === hash)) return { status: 'unknown' };
      return kind === 'revert' ? { status: 'reverted', revert: 'OfferUsed' } : { status: 'included' };
    },
  };
}

const zero = `0x${'0'.repeat(64)}`;
const block = { blockHash: zero, blockNumber: '0x1', transactionIndex: '0x0' };

function transactionOf(hash: Hex): object {
  const amounts = { gas: '0x0', gasPrice: '0x0', nonce: '0x0', value: '0x0', v: '0x0', r: '0x0', s: '0x0' };
  return { ...block, hash, ...amounts, from: '0x', to: '0x', input: '0x', type: '0x0' };
}

function receiptOf(transactionHash: Hex, isReverted: boolean): object {
  const amounts = { cumulativeGasUsed: '0x0', effectiveGasPrice: '0x0', gasUsed: '0x0' };
  const status = isReverted ? '0x0' : '0x1';
  return { ...block, ...amounts, transactionHash, status, logs: [], logsBloom: '0x', type: '0x2' };
}
