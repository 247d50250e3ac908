import { agenticCommerceAbi, arbitratorPoolAbi, disputesAbi } from '@bonafide/contracts';
import { encodeFunctionData, keccak256, toHex } from 'viem';
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import type { Call, Offer } from '../../chain/testing/calls.ts';
import type { Parties, Party, TestChain } from '../../chain/testing/parties.ts';

export const HOUR_SECONDS = 3_600;
const USDC = 1_000_000n;

/** An account with ether for fees, for one keeper. */
export async function keeperAccount(
  chain: TestChain,
  key = generatePrivateKey(),
): Promise<PrivateKeyAccount> {
  const account = privateKeyToAccount(key);
  await chain.faucet(account.address, { wei: 10n ** 18n });
  return account;
}

/** Jobs of one client, up to where nobody but time has to do anything. */
export function dueJobs(chain: TestChain, parties: Parties) {
  const { client, provider, validator, calls, node } = parties;
  const { disputes, arbitratorPool, agenticCommerce } = chain.deployment;
  const evidence = keccak256(toHex('evidence'));

  async function funded(offer: Offer = {}): Promise<bigint> {
    await client.send(await calls.create(offer));
    const question = { address: agenticCommerce, abi: agenticCommerceAbi, functionName: 'jobCount' } as const;
    const jobId = await node.readContract(question);
    await provider.send(await calls.accept(jobId));
    await client.send(await calls.fund(jobId));
    return jobId;
  }
  async function silent(offer: Offer = {}): Promise<bigint> {
    const jobId = await funded(offer);
    await provider.send(calls.submit(jobId));
    return jobId;
  }
  async function failed(offer: Offer = {}): Promise<bigint> {
    const jobId = await silent(offer);
    await validator.send(await calls.validate(jobId, 10));
    return jobId;
  }
  async function disputed(offer: Offer = {}): Promise<bigint> {
    const jobId = await failed(offer);
    await chain.faucet(provider.account.address, { usdcUnits: 100n * USDC });
    await provider.send(calls.approve(disputes, 100n * USDC));
    const payment = { validAfter: 0n, validBefore: 0n, signature: '0x' } as const;
    const args = [jobId, await calls.termsOf(jobId), true, evidence, 'ipfs://evidence', payment] as const;
    const data = encodeFunctionData({ abi: disputesAbi, functionName: 'open', args });
    await provider.send({ to: disputes, data });
    return jobId;
  }
  return {
    funded,
    silent,
    failed,
    disputed,
    /** Both parties end a job together. */
    async cancel(jobId: bigint): Promise<void> {
      await client.send(await cancellation({ chain, parties }, jobId));
    },
    /** Takes a seat. */
    async seat({ account, send }: Party): Promise<void> {
      const stake = 200n * USDC;
      await chain.faucet(account.address, { usdcUnits: stake });
      await send(calls.approve(arbitratorPool, stake));
      const data = encodeFunctionData({ abi: arbitratorPoolAbi, functionName: 'join', args: [stake] });
      await send({ to: arbitratorPool, data });
    },
  };
}

async function cancellation(
  { chain, parties }: { readonly chain: TestChain; readonly parties: Parties },
  jobId: bigint,
): Promise<Call> {
  const { agenticCommerce, chainId } = chain.deployment;
  const validUntil = 2n ** 40n;
  const signature = await parties.provider.account.signTypedData({
    domain: {
      ...{ name: 'Bonafide Agentic Commerce', version: '1' },
      ...{ chainId, verifyingContract: agenticCommerce },
    },
    types: {
      Cancellation: [
        { name: 'jobId', type: 'uint256' },
        { name: 'providerAmount', type: 'uint256' },
        { name: 'validUntil', type: 'uint256' },
      ],
    },
    primaryType: 'Cancellation',
    message: { jobId, providerAmount: 1n, validUntil },
  });
  const args = [jobId, 1n, validUntil, '0x', signature] as const;
  return {
    to: agenticCommerce,
    data: encodeFunctionData({ abi: agenticCommerceAbi, functionName: 'cancel', args }),
  };
}
