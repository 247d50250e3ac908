import { receiveWithAuthorizationTypes, testUsdcAbi, usdcDomain } from '@bonafide/contracts';
import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { encodeFunctionData, type Hex, verifyTypedData } from 'viem';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalContext } from '../../client/local-handlers.ts';
import { parseUsdc } from '../../models/money.ts';
import { createSpendingMemory } from '../guard.ts';
import { type ChainClient, createChainClient, createParty } from '../testing/chain-client.ts';
import { sendAs } from '../testing/send-as.ts';
import { usdcHandlers } from './index.ts';

const {
  'usdc.approve': approve,
  'usdc.transfer': transfer,
  'usdc.signPermit': signPermit,
  'usdc.signAuthorization': signAuthorization,
} = usdcHandlers;

let chain: LocalChain;
let gateway: ChainClient;
beforeAll(async () => {
  chain = await startLocalChain();
  gateway = createChainClient(chain, {});
}, 60_000);
afterAll(() => chain[Symbol.asyncDispose]());

const agent = (limits: LocalContext['limits'] = {}): Promise<LocalContext> =>
  createParty(chain, gateway.client, { limits, spendings: createSpendingMemory() });
const addressOf = ({ wallet }: LocalContext): Hex => wallet?.address ?? '0x';
const someone = (): Hex => privateKeyToAddress(generatePrivateKey());
const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

const balanceOf = (owner: Hex): Promise<bigint> => {
  const request = { address: chain.deployment.usdc, abi: testUsdcAbi, functionName: 'balanceOf' } as const;
  return gateway.node.readContract({ ...request, args: [owner] });
};
const allowanceOf = (owner: Hex, spender: Hex): Promise<bigint> => {
  const request = { address: chain.deployment.usdc, abi: testUsdcAbi, functionName: 'allowance' } as const;
  return gateway.node.readContract({ ...request, args: [owner, spender] });
};

/** Refused before anything is sent. */
async function expectRefused(run: Promise<unknown>, refusal: object): Promise<void> {
  const sent = gateway.relayed.length;
  await expect(run).rejects.toMatchObject(refusal);
  expect(gateway.relayed).toHaveLength(sent);
}

describe('usdc.transfer', () => {
  it('moves exactly the amount', async () => {
    const [from, to] = [await agent(), someone()];
    expect(await transfer(from, { to, amountUsdc: '0.000001' })).toMatchObject({
      to,
      amountUsdc: '0.000001',
    });
    expect(await balanceOf(to)).toBe(1n);
    expect(await balanceOf(addressOf(from))).toBe(999_999_999n);
  });

  it('pays twice when asked twice, and counts both', async () => {
    const [from, to] = [await agent({ perDayUsdc: '3' }), someone()];
    await transfer(from, { to, amountUsdc: '1' });
    await transfer(from, { to, amountUsdc: '1' });
    await expectRefused(transfer(from, { to, amountUsdc: '1.000001' }), { code: 'LIMIT_EXCEEDED' });
    expect(await balanceOf(to)).toBe(2_000_000n);
  });

  it('lets no concurrent payments slip past the limit of the day', async () => {
    const [from, to] = [await agent({ perDayUsdc: '3' }), someone()];
    const all = Array.from({ length: 6 }, () => transfer(from, { to, amountUsdc: '1' }));
    const ends = await Promise.allSettled(all);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(await balanceOf(to)).toBe(3_000_000n);
  });

  it('refuses strangers, too much, nothing, and receivers that swallow it', async () => {
    const friend = someone();
    const from = await agent({ allowedProviders: [friend], perJobUsdc: '5' });
    await expectRefused(transfer(from, { to: someone(), amountUsdc: '1' }), { code: 'LIMIT_EXCEEDED' });
    await expectRefused(transfer(from, { to: friend, amountUsdc: '5.000001' }), { code: 'LIMIT_EXCEEDED' });
    await expectRefused(transfer(from, { to: friend, amountUsdc: '0' }), { code: 'VALIDATION_FAILED' });
    await transfer(from, { to: friend, amountUsdc: '5' });

    const free = await agent();
    const much = transfer(free, { to: friend, amountUsdc: '1000.000001' });
    await expectRefused(much, { code: 'CONFLICT', details: { missingUsdc: '0.000001' } });
    const { usdc, agenticCommerce, court, disputes, arbitratorPool } = chain.deployment;
    const zero = `0x${'0'.repeat(40)}`;
    for (const to of [zero, usdc, agenticCommerce, court.toLowerCase(), disputes, arbitratorPool]) {
      await expectRefused(transfer(free, { to, amountUsdc: '1' }), { code: 'VALIDATION_FAILED' });
    }
  });

  it('says that the token refuses a blacklisted receiver', async () => {
    const [from, to] = [await agent(), await agent()];
    const data = encodeFunctionData({ abi: testUsdcAbi, functionName: 'blacklist', args: [addressOf(to)] });
    await sendAs(gateway.node, { from: someone(), to: chain.deployment.usdc, data });
    const refusal = { code: 'CHAIN_REVERTED', revert: 'BlacklistedAccount' };
    await expectRefused(transfer(from, { to: addressOf(to), amountUsdc: '1' }), refusal);
  });
});

describe('usdc.approve', () => {
  it('sets what one contract may take, once, and takes it back', async () => {
    const owner = await agent({ perDayUsdc: '15', allowedProviders: [] });
    const { disputes } = chain.deployment;
    const allowed = await approve(owner, { spender: 'disputes', amountUsdc: '10' });
    expect(allowed).toEqual({ amountUsdc: '10', transactionHash: expect.stringMatching(/^0x/) });
    expect(await approve(owner, { spender: 'disputes', amountUsdc: '10.000000' })).toEqual({
      amountUsdc: '10.000000',
    });
    expect(await allowanceOf(addressOf(owner), disputes)).toBe(parseUsdc('10'));
    await expectRefused(approve(owner, { spender: 'arbitratorPool', amountUsdc: '5.01' }), {
      code: 'LIMIT_EXCEEDED',
    });
    await approve(owner, { spender: 'disputes', amountUsdc: '0' });
    expect(await allowanceOf(addressOf(owner), disputes)).toBe(0n);
  });

  it('refuses what no token can count', async () => {
    const amountUsdc = '9'.repeat(72);
    const refusal = { code: 'VALIDATION_FAILED', issues: [{ path: 'amountUsdc' }] };
    await expectRefused(approve(await agent(), { spender: 'disputes', amountUsdc }), refusal);
  });
});

describe('usdc.signPermit', () => {
  it('is a permit that the token takes, with the nonce it expects', async () => {
    const owner = await agent();
    const permit = await signPermit(owner, {
      spender: 'agenticCommerce',
      amountUsdc: '7',
      validUntil: inAnHour(),
    });
    expect(permit).toMatchObject({ owner: addressOf(owner), nonce: '0', amountUsdc: '7' });
    await usePermit(permit);
    expect(await allowanceOf(addressOf(owner), chain.deployment.agenticCommerce)).toBe(7_000_000n);
    const next = await signPermit(owner, { spender: 'disputes', amountUsdc: '1', validUntil: inAnHour() });
    expect(next.nonce).toBe('1');
  });

  it('counts as spent: the largest of those of which only one can be used', async () => {
    const owner = await agent({ perDayUsdc: '10' });
    const sign = (amountUsdc: string) =>
      signPermit(owner, { spender: 'disputes', amountUsdc, validUntil: inAnHour() });
    await sign('8');
    await sign('9');
    await expectRefused(sign('10.01'), { code: 'LIMIT_EXCEEDED' });
    await expectRefused(transfer(owner, { to: someone(), amountUsdc: '1.01' }), { code: 'LIMIT_EXCEEDED' });
  });

  it('refuses a time that is past', async () => {
    const validUntil = new Date(Date.now() - 1).toISOString();
    const refusal = { code: 'VALIDATION_FAILED', issues: [{ path: 'validUntil' }] };
    await expectRefused(
      signPermit(await agent(), { spender: 'disputes', amountUsdc: '1', validUntil }),
      refusal,
    );
  });

  async function usePermit(permit: Awaited<ReturnType<typeof signPermit>>): Promise<void> {
    const { owner, spender, amountUsdc, validUntil, signature } = permit;
    const deadline = BigInt(Math.floor(Date.parse(validUntil) / 1000));
    const args = [owner as Hex, spender as Hex, parseUsdc(amountUsdc), deadline, signature as Hex] as const;
    const data = encodeFunctionData({ abi: testUsdcAbi, functionName: 'permit', args });
    await sendAs(gateway.node, { from: someone(), to: chain.deployment.usdc, data });
  }
});

describe('usdc.signAuthorization', () => {
  it('is signed for one receiver and amount, and each is another one', async () => {
    const [from, to] = [await agent(), someone()];
    const input = { to, amountUsdc: '2', validUntil: inAnHour() };
    const [one, other] = [await signAuthorization(from, input), await signAuthorization(from, input)];
    expect(one.nonce).not.toBe(other.nonce);
    const message = {
      from: addressOf(from),
      to,
      value: 2_000_000n,
      validAfter: 0n,
      validBefore: BigInt(Math.floor(Date.parse(one.validUntil) / 1000)),
      nonce: one.nonce as Hex,
    };
    const definition = {
      domain: usdcDomain(chain.deployment),
      types: receiveWithAuthorizationTypes,
      primaryType: 'ReceiveWithAuthorization',
      address: addressOf(from),
      signature: one.signature as Hex,
    } as const;
    expect(await verifyTypedData({ ...definition, message })).toBe(true);
    expect(await verifyTypedData({ ...definition, message: { ...message, value: 2_000_001n } })).toBe(false);
  });

  it('refuses strangers and counts each', async () => {
    const to = someone();
    const from = await agent({ allowedProviders: [to], perDayUsdc: '3' });
    const sign = (receiver: string) =>
      signAuthorization(from, { to: receiver, amountUsdc: '2', validUntil: inAnHour() });
    await expectRefused(sign(someone()), { code: 'LIMIT_EXCEEDED' });
    await sign(to);
    await expectRefused(sign(to), { code: 'LIMIT_EXCEEDED' });
  });
});
