import { recoverTypedDataAddress } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import type { Wallet } from '../client/types.ts';
import { toAccount, toWallet } from './wallet.ts';

const account = privateKeyToAccount(generatePrivateKey());
const typed = {
  domain: { name: 'Test', version: '1', chainId: 31_337, verifyingContract: account.address },
  types: { Payment: [{ name: 'amount', type: 'uint256' }] },
  primaryType: 'Payment',
  message: { amount: 2n ** 255n },
} as const;
const call = { to: account.address, data: '0x1234' } as const;
const hash = `0x${'1'.repeat(64)}`;

interface Asked {
  readonly method: string;
  readonly params: readonly unknown[];
}

function providerWith(answers: Record<string, (params: readonly unknown[]) => unknown>) {
  const asked: Asked[] = [];
  const wallet: Wallet = {
    address: account.address,
    provider: {
      async request(request) {
        asked.push(request);
        return answers[request.method]?.(request.params);
      },
    },
  };
  return { asked, account: toAccount(wallet) };
}

describe('an EIP-1193 provider', () => {
  it('signs typed data that recovers to its account, 256-bit numbers included', async () => {
    const provider = providerWith({
      eth_signTypedData_v4: ([, json]) => account.signTypedData(JSON.parse(String(json))),
    });
    const signature = await provider.account.signTypedData(typed);
    expect(await recoverTypedDataAddress({ ...typed, signature })).toBe(account.address);
    expect(provider.asked[0]?.params[0]).toBe(account.address);
  });

  it('sends itself, without value, once it is on the chain', async () => {
    const provider = providerWith({ eth_chainId: () => '0x7a69', eth_sendTransaction: () => hash });
    expect(await provider.account.sendTransaction?.(call, 31_337)).toBe(hash);
    expect(provider.asked.at(-1)?.params).toEqual([{ from: account.address, ...call, value: '0x0' }]);
    expect(provider.account.signTransaction).toBeUndefined();
  });

  it('sends nothing on another chain', async () => {
    const provider = providerWith({ eth_chainId: () => '0x1', eth_sendTransaction: () => hash });
    await expect(provider.account.sendTransaction?.(call, 31_337)).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { reason: 'CHAIN' },
    });
    expect(provider.asked.map(({ method }) => method)).toEqual(['eth_chainId']);
  });

  it.each([4001, 4100])('whose owner refuses (%i) is a denial', async (code) => {
    const refuse = () => {
      throw Object.assign(new Error('User rejected the request.'), { code });
    };
    const provider = providerWith({ eth_signTypedData_v4: refuse });
    await expect(provider.account.signTypedData(typed)).rejects.toMatchObject({ code: 'DENIED' });
  });

  it.each(['eth_signTypedData_v4', 'eth_sendTransaction'])(
    'that answers %s with nonsense is refused',
    async (method) => {
      const provider = providerWith({ eth_chainId: () => 31_337, [method]: () => ({ ok: true }) });
      const asking =
        method === 'eth_sendTransaction'
          ? provider.account.sendTransaction?.(call, 31_337)
          : provider.account.signTypedData(typed);
      await expect(asking).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    },
  );
});

it('a smart account signs with as many bytes as it likes and sends itself', async () => {
  const signature = `0x${'ab'.repeat(300)}` as const;
  const wallet: Wallet = {
    address: account.address,
    type: 'smart',
    signMessage: async () => signature,
    signTypedData: async () => signature,
    sendTransaction: async () => hash as `0x${string}`,
  };
  const smart = toAccount(wallet);
  expect(await smart.signTypedData(typed)).toBe(signature);
  expect(await smart.sendTransaction?.(call, 1)).toBe(hash);
  expect(smart.signTransaction).toBeUndefined();
});

it('a private key signs transactions for the relay', () => {
  const local = toAccount(toWallet(generatePrivateKey()));
  expect(local.signTransaction).toBeTypeOf('function');
  expect(local.sendTransaction).toBeUndefined();
  expect(() => toWallet('0x12')).toThrow(/secp256k1 private key/);
});
