import { agenticCommerceAbi } from '@bonafide/contracts';
import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { createTestClient, createWalletClient, type Hex, http, publicActions, walletActions } from 'viem';
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Wallet } from '../client/types.ts';
import { jobHandlers } from './jobs/index.ts';
import { delivery, fundingOf, offerOf, scoreOf, startTrade, type Trade } from './testing/trade.ts';

let chain: LocalChain;
beforeAll(async () => {
  chain = await startLocalChain();
}, 60_000);
afterAll(() => chain[Symbol.asyncDispose]());

const anvil = () =>
  createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) })
    .extend(publicActions)
    .extend(walletActions);
const accountOf = (trade: Trade): PrivateKeyAccount => trade.client.wallet as never;

/** A browser wallet: an EIP-1193 provider that holds the key itself. */
function browserWallet(account: PrivateKeyAccount, fail?: (method: string) => void): Wallet {
  const sender = createWalletClient({ account, transport: http(chain.rpcUrl) });
  const answers: Record<string, (params: readonly unknown[]) => unknown> = {
    eth_chainId: () => sender.request({ method: 'eth_chainId' }),
    eth_signTypedData_v4: ([, json]) => account.signTypedData(JSON.parse(String(json))),
    eth_sendTransaction: ([call]) =>
      sender.sendTransaction({ ...(call as object), value: 0n, chain: null } as never),
  };
  return {
    address: account.address,
    provider: {
      async request({ method, params }) {
        const answer = await answers[method]?.(params);
        fail?.(method);
        return answer;
      },
    },
  };
}

/** A contract account that stands by every signature: 0x1626ba7e, whatever it is asked. */
async function smartWallet(): Promise<Wallet> {
  const { address } = privateKeyToAccount(generatePrivateKey());
  const client = anvil();
  await client.setCode({ address, bytecode: '0x631626ba7e60e01b60005260206000f3' });
  await client.impersonateAccount({ address });
  await chain.faucet(address, { wei: 10n ** 18n, usdcUnits: 100_000_000n });
  const signature: Hex = `0x${'ab'.repeat(200)}`;
  return {
    address,
    type: 'smart',
    signMessage: async () => signature,
    signTypedData: async () => signature,
    sendTransaction: ({ to, data }) =>
      client.request({ method: 'eth_sendTransaction', params: [{ from: address, to, data }] } as never),
  };
}

async function finish(trade: Trade): Promise<unknown> {
  const { jobId } = await jobHandlers['jobs.create'](trade.client, offerOf(trade));
  await jobHandlers['jobs.accept'](trade.provider, { jobId });
  await jobHandlers['jobs.fund'](trade.client, fundingOf(trade, jobId));
  await jobHandlers['jobs.submit'](trade.provider, { jobId, ...delivery });
  return jobHandlers['jobs.validate'](trade.validator, scoreOf(jobId, 90));
}

describe('a wallet that sends itself', () => {
  it('as a browser wallet pays for a job without the relay', async () => {
    const trade = await startTrade(chain);
    const wallet = browserWallet(accountOf(trade));
    const before = trade.gateway.relayed.length;
    expect(await finish({ ...trade, client: { ...trade.client, wallet } })).toMatchObject({
      status: 'completed',
    });
    // Accept, submit and validate of the other two.
    expect(trade.gateway.relayed).toHaveLength(before + 3);
  });

  it('that does not say whether it sent leaves the outcome unknown', async () => {
    const trade = await startTrade(chain);
    const wallet = browserWallet(accountOf(trade), (method) => {
      if (method === 'eth_sendTransaction') throw new Error('The extension was closed.');
    });
    await expect(
      jobHandlers['jobs.create']({ ...trade.client, wallet }, offerOf(trade)),
    ).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
  });

  it('as a contract account pays, and its signature holds by ERC-1271', async () => {
    const profiles: Record<string, { wallet: string }> = {};
    const trade = await startTrade(chain, { profiles });
    const wallet = await smartWallet();
    profiles.client = { wallet: wallet.address };
    expect(await finish({ ...trade, client: { ...trade.client, wallet } })).toMatchObject({
      status: 'completed',
    });
  });

  it('as a contract account provides, by an offer that a contract account takes', async () => {
    const profiles: Record<string, { wallet: string }> = {};
    const trade = await startTrade(chain, { profiles });
    const [client, provider] = [await smartWallet(), await smartWallet()];
    profiles.client = { wallet: client.address };
    profiles.provider = { wallet: provider.address };
    const { provider: _, description, ...terms } = offerOf(trade);
    const providerContext = { ...trade.provider, wallet: provider };
    const offer = await jobHandlers['jobs.signOffer'](providerContext, { client: 'client', ...terms });
    const taking = { offer, amountUsdc: '12.5', provider: provider.address, description };
    const taken = await jobHandlers['jobs.takeOffer']({ ...trade.client, wallet: client }, taking as never);
    expect(taken).toMatchObject({ status: 'funded' });
    const division = { jobId: taken.jobId, providerAmountUsdc: '5' };
    await jobHandlers['jobs.cancel'](providerContext, division);
    const ended = await jobHandlers['jobs.cancel']({ ...trade.client, wallet: client }, division);
    expect(ended).toMatchObject({ status: 'completed', isWaiting: false });
  });
});

describe('one wallet', () => {
  it('creates 200 jobs at once, each once', async () => {
    const trade = await startTrade(chain);
    const node = anvil();
    const { address } = accountOf(trade);
    const first = await node.getTransactionCount({ address });
    const asked = Array.from({ length: 200 }, () => jobHandlers['jobs.create'](trade.client, offerOf(trade)));
    const created = await Promise.all(asked);
    expect(new Set(created.map(({ jobId }) => jobId)).size).toBe(200);
    expect(await node.getTransactionCount({ address })).toBe(first + 200);
  });

  it('in two processes: whoever loses a nonce signs anew, and every job is made once', async () => {
    const trade = await startTrade(chain);
    const account = accountOf(trade);
    const node = anvil();
    const other = createWalletClient({ account, transport: http(chain.rpcUrl) });
    const countJobs = (): Promise<bigint> =>
      node.readContract({
        address: chain.deployment.agenticCommerce,
        abi: agenticCommerceAbi,
        functionName: 'jobCount',
      });
    const before = await countJobs();
    let isOver = false;
    let sent = 0;
    const interfere = async (): Promise<void> => {
      while (!isOver) {
        const transaction = { to: account.address, value: 0n, chain: null };
        // It loses nonces too; that is its own affair.
        await other.sendTransaction(transaction).then(
          () => {
            sent += 1;
          },
          () => undefined,
        );
      }
    };
    const interfering = interfere();
    const asked = Array.from({ length: 20 }, () => jobHandlers['jobs.create'](trade.client, offerOf(trade)));
    const created = await Promise.all(asked);
    isOver = true;
    await interfering;
    expect(new Set(created.map(({ jobId }) => jobId)).size).toBe(20);
    expect(await countJobs()).toBe(before + 20n);
    expect(sent).toBeGreaterThan(0);
  });

  it('goes on when the node lost what was waiting: the same bytes count, nothing is signed twice', async () => {
    const trade = await startTrade(chain);
    const node = anvil();
    await node.setAutomine(false);
    try {
      const creating = jobHandlers['jobs.create'](trade.client, offerOf(trade));
      await expect.poll(() => trade.gateway.relayed.length).toBe(1);
      await node.request({ method: 'anvil_dropAllTransactions' } as never);
      await expect.poll(() => node.getTxpoolStatus().then(({ pending }) => pending)).toBe(0);
      await node.setAutomine(true);
      await node.sendRawTransaction({ serializedTransaction: trade.gateway.relayed[0] ?? '0x' });
      expect(await creating).toMatchObject({ status: 'open' });
      expect(new Set(trade.gateway.relayed).size).toBe(1);
    } finally {
      await node.setAutomine(true);
    }
  });
});
