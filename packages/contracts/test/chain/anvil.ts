import {
  type Address,
  createClient,
  decodeErrorResult,
  type Hex,
  http,
  isHex,
  numberToHex,
  size,
} from 'viem';
import { errorsAbi } from '../../src/index.ts';
import { startAnvil } from '../../src/local/anvil.ts';
import { deployLocal } from '../../src/local/deploy.ts';

export interface Transaction {
  from: Address;
  to: Address;
  data: Hex;
}

export interface Receipt {
  status: Hex;
  blockHash: Hex;
  blockNumber: Hex;
  logs: { address: Address; topics: [Hex, ...Hex[]]; data: Hex }[];
}

interface Answer {
  id: number;
  result?: unknown;
  error?: { message: string; data?: unknown };
}

/** In which block a call runs that is not sent. */
export interface BlockTime {
  now: number;
  block: number;
}

export interface Chain extends AsyncDisposable {
  /** Mines it at this time; a transaction that reverts is mined too. */
  send(transaction: Transaction, now: number): Promise<Receipt>;
  mine(blocks: number, now: number): Promise<void>;
  /** What the call returns, or the name of the error that it reverts with. */
  call(transaction: Transaction, at: BlockTime): Promise<{ data: Hex } | { error: string }>;
  read(calls: readonly { to: Address; data: Hex }[], at: BlockTime): Promise<Hex[]>;
  latest(): Promise<BlockTime>;
  snapshot(): Promise<void>;
  restore(): Promise<void>;
  endow(account: Address): Promise<void>;
}

// Far in the future, so that no clock of this machine decides what a sequence does.
const genesis = 2_000_000_000;
const gas = numberToHex(8_000_000);
// EIP-2935. Without it a block hash is forgotten after 256 blocks, which are quicker to mine than 8,191.
const historyStorage = '0x0000F90827F1C53a10cb7A02335B175320002935';

/** A local chain with everything deployed, whose blocks are one second apart. */
export async function startChain(): Promise<Chain> {
  const anvil = await startAnvil({ port: 0 });
  const request = requester(anvil.rpcUrl);
  try {
    await request('anvil_setBlockTimestampInterval', 1);
    await request('evm_setNextBlockTimestamp', numberToHex(genesis));
    await deployLocal(createClient({ transport: http(anvil.rpcUrl), pollingInterval: 20 }));
    await request('anvil_autoImpersonateAccount', true);
    await request('anvil_setCode', historyStorage, '0x');
    return chainOf(request, anvil);
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

type Request = ReturnType<typeof requester>;

function requester(url: string) {
  const headers = { 'content-type': 'application/json' };
  const post = async (body: unknown): Promise<unknown> =>
    (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  const answer = async (method: string, params: readonly unknown[]): Promise<Answer> =>
    (await post({ jsonrpc: '2.0', id: 1, method, params })) as Answer;
  const request = async <T>(method: string, ...params: readonly unknown[]): Promise<T> =>
    resultOf(await answer(method, params)) as T;
  const batch = async (method: string, each: readonly (readonly unknown[])[]): Promise<unknown[]> => {
    const body = each.map((params, id) => ({ jsonrpc: '2.0', id, method, params }));
    const answers = (await post(body)) as Answer[];
    return answers.toSorted((a, b) => a.id - b.id).map(resultOf);
  };
  return Object.assign(request, { answer, batch });
}

function resultOf({ result, error }: Answer): unknown {
  if (error) throw new Error(`The chain refused: ${error.message} ${JSON.stringify(error.data)}`);
  return result;
}

function chainOf(request: Request, anvil: { stop(): Promise<void> }): Chain {
  let snapshot: Hex = '0x';
  let last = 0;
  const overrides = ({ now, block }: BlockTime) => ({ time: numberToHex(now), number: numberToHex(block) });
  const jumpTo = async (now: number) => {
    if (now !== last + 1) await request('evm_setNextBlockTimestamp', numberToHex(now));
  };
  const take = async () => {
    snapshot = await request<Hex>('evm_snapshot');
  };
  const latest = async () => {
    const { number, timestamp } = await request<Record<'number' | 'timestamp', Hex>>(
      'eth_getBlockByNumber',
      'latest',
      false,
    );
    last = Number(timestamp);
    return { now: last, block: Number(number) };
  };
  return {
    async send(transaction, now) {
      await jumpTo(now);
      last = now;
      return request<Receipt>('eth_sendTransactionSync', { ...transaction, gas });
    },
    async mine(blocks, now) {
      await jumpTo(now);
      last = now + blocks - 1;
      await request('anvil_mine', numberToHex(blocks));
    },
    async call(transaction, at) {
      const { result, error } = await request.answer('eth_call', [transaction, 'latest', {}, overrides(at)]);
      return error ? { error: errorName(error) } : { data: String(result) as Hex };
    },
    async read(calls, at) {
      const each = calls.map((call) => [call, 'latest', {}, overrides(at)]);
      return (await request.batch('eth_call', each)) as Hex[];
    },
    latest,
    snapshot: take,
    async restore() {
      await request('evm_revert', snapshot);
      await take();
      await latest();
    },
    endow: (account) => request('anvil_setBalance', account, numberToHex(10n ** 24n)),
    [Symbol.asyncDispose]: () => anvil.stop(),
  };
}

function errorName({ message, data }: { message: string; data?: unknown }): string {
  if (!isHex(data) || size(data) < 4) return message;
  return decodeErrorResult({ abi: errorsAbi, data }).errorName;
}
