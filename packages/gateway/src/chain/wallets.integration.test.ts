import { startLocalChain } from '@bonafide/contracts/local';
import { walletLinkMessage } from '@bonafide/core/models';
import { type Hex, zeroAddress } from 'viem';
import { describe, expect, it } from 'vitest';
import { useRelay } from '../relay/testing/use-relay.ts';

const world = useRelay(startLocalChain);
const did = 'did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw';

async function link(address = world.parties.client.account.address) {
  return world.parties.client.account.signMessage({ message: walletLinkMessage({ did, address }) });
}

describe('isWalletSignature', () => {
  it("accepts the wallet's own signature, also while the node is away", async () => {
    const { address } = world.parties.client.account;
    world.proxy.treat(() => 'drop');
    expect(await world.harness.chain.isWalletSignature({ did, address, signature: await link() })).toBe(true);
    const lower = address.toLowerCase();
    expect(
      await world.harness.chain.isWalletSignature({ did, address: lower, signature: await link() }),
    ).toBe(true);
  });

  it.each<[string, () => Promise<{ did: string; address: string; signature: string }>]>([
    [
      'of another wallet',
      async () => ({ did, address: world.parties.provider.account.address, signature: await link() }),
    ],
    [
      'for another agent',
      async () => ({
        did: `${did.slice(0, -1)}x`,
        address: world.parties.client.account.address,
        signature: await link(),
      }),
    ],
    ['that is empty', async () => ({ did, address: world.parties.client.account.address, signature: '0x' })],
    [
      'that is too short',
      async () => ({ did, address: world.parties.client.account.address, signature: '0x1234' }),
    ],
    [
      'that is zero',
      async () => ({ did, address: world.parties.client.account.address, signature: `0x${'00'.repeat(65)}` }),
    ],
    [
      'that is long',
      async () => ({
        did,
        address: world.parties.client.account.address,
        signature: `0x${'ff'.repeat(500)}`,
      }),
    ],
  ])('refuses a signature %s', async (_, make) => {
    expect(await world.harness.chain.isWalletSignature(await make())).toBe(false);
  });

  it('asks a contract wallet, and believes only its own answer (ERC-1271)', async () => {
    const ask = async (code: Hex) =>
      world.harness.chain.isWalletSignature({ did, address: await deploy(code), signature: '0x1234' });
    expect(await ask(answering('631626ba7e60e01b5f5260205ff3'))).toBe(true);
    expect(await ask(answering('63ffffffff60e01b5f5260205ff3'))).toBe(false);
    expect(await ask(answering('5f5ffd'))).toBe(false);
    expect(await ask(answering('00'))).toBe(false);
    expect(await ask(answering('fe'))).toBe(false);
    expect(await ask(answering('60045ff3'))).toBe(false);
  });

  it('says when the node that must be asked is away', async () => {
    const { address } = world.parties.provider.account;
    const signature = await link();
    world.proxy.treat(() => 'drop');
    const error = await world.failure(world.harness.chain.isWalletSignature({ did, address, signature }));
    expect(error.code).toBe('UNAVAILABLE');
  });
});

describe('ownsIdentity', () => {
  it('is true for the owner only', async () => {
    const { client, provider, calls } = world.parties;
    await client.send(calls.register());
    const { chain } = world.harness;
    const [address, other] = [client.account.address, provider.account.address];
    expect(await chain.ownsIdentity({ address, chainAgentId: '0' })).toBe(true);
    expect(await chain.ownsIdentity({ address: other, chainAgentId: '0' })).toBe(false);
    expect(await chain.ownsIdentity({ address, chainAgentId: '1' })).toBe(false);
  });
});

/** The creation of a contract with this code. */
function answering(runtime: string): Hex {
  const length = (runtime.length / 2).toString(16).padStart(2, '0');
  return `0x60${length}600a5f3960${length}5ff3${runtime}`;
}

async function deploy(data: Hex): Promise<Hex> {
  const { client, node } = world.parties;
  const serializedTransaction = await client.sign({ to: zeroAddress, data }, { to: undefined });
  const hash = await node.sendRawTransaction({ serializedTransaction });
  const { contractAddress } = await node.waitForTransactionReceipt({ hash, pollingInterval: 20 });
  if (!contractAddress) throw new Error('Nothing was deployed.');
  return contractAddress;
}
