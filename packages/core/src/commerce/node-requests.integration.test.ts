import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { jobHandlers } from './jobs/index.ts';
import { delivery, fundingOf, offerOf, scoreOf, startTrade } from './testing/trade.ts';

/** The state of the job; gas, fees and balance; the nonce; the receipt; and one for what a step needs besides. */
const MOST_REQUESTS = 5;
const NODE_URL = 'http://node.test/';

let chain: LocalChain;
beforeAll(async () => {
  chain = await startLocalChain();
}, 60_000);
afterAll(() => chain[Symbol.asyncDispose]());

/** The bodies of all requests to the node of the parties; the stand-in for the gateway has a way of its own. */
let asked: string[];
let answerInstead: () => Response | undefined;
beforeEach(() => {
  asked = [];
  answerInstead = () => undefined;
  const { fetch } = globalThis;
  vi.stubGlobal('fetch', async (input: string | URL | Request, init?: RequestInit) => {
    if (new Request(input).url !== NODE_URL) return fetch(input, init);
    asked.push(String(init?.body));
    return answerInstead() ?? fetch(chain.rpcUrl, init);
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const startCounted = async () => {
  const { client, provider, validator, ...trade } = await startTrade(chain);
  const counted = { chain: { rpcUrl: NODE_URL } };
  return {
    ...trade,
    client: { ...client, ...counted },
    provider: { ...provider, ...counted },
    validator: { ...validator, ...counted },
  };
};

async function countOf(work: () => Promise<unknown>): Promise<number> {
  const before = asked.length;
  await work();
  return asked.length - before;
}

describe('what a job costs a node', () => {
  it('is few requests for each transaction', async () => {
    const trade = await startCounted();
    const { client, provider, validator } = trade;
    const { jobId } = await jobHandlers['jobs.create'](client, offerOf(trade));
    const counts = [
      await countOf(() => jobHandlers['jobs.accept'](provider, { jobId })),
      await countOf(() => jobHandlers['jobs.fund'](client, fundingOf(trade, jobId))),
      await countOf(() => jobHandlers['jobs.submit'](provider, { jobId, ...delivery })),
      await countOf(() => jobHandlers['jobs.validate'](validator, scoreOf(jobId, 80))),
    ];
    expect(Math.max(...counts)).toBeLessThanOrEqual(MOST_REQUESTS);
    expect(asked.join()).not.toContain('eth_getTransactionByHash');
  });
});

describe('a node that is asked too often', () => {
  it('is asked again soon, however long it wants to be left alone', async () => {
    const trade = await startCounted();
    const { jobId } = await jobHandlers['jobs.create'](trade.client, offerOf(trade));
    let refusals = 1;
    answerInstead = () => {
      if (refusals === 0) return undefined;
      refusals -= 1;
      return new Response(null, { status: 429, headers: { 'retry-after': '3600' } });
    };
    expect(await jobHandlers['jobs.accept'](trade.provider, { jobId })).toMatchObject({ status: 'open' });
  });
});
