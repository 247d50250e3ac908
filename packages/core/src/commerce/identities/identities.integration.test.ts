import { identityRegistryAbi } from '@bonafide/contracts';
import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { encodeFunctionData, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalContext } from '../../client/local-handlers.ts';
import { type ChainClient, createChainClient, createParty } from '../testing/chain-client.ts';
import { sendAs } from '../testing/send-as.ts';
import { walletHandlers } from '../wallets/index.ts';
import { identityHandlers } from './index.ts';

const { 'identities.setWallet': setWallet, 'identities.setUri': setUri } = identityHandlers;

let chain: LocalChain;
let gateway: ChainClient;
let owner: LocalContext;
let stranger: LocalContext;
let chainAgentId: string;
beforeAll(async () => {
  chain = await startLocalChain();
  gateway = createChainClient(chain, {});
  owner = await createParty(chain, gateway.client);
  stranger = await createParty(chain, gateway.client);
  ({ chainAgentId } = await walletHandlers['wallets.link'](owner, {}));
}, 60_000);
afterAll(() => chain[Symbol.asyncDispose]());

const addressOf = ({ wallet }: LocalContext): Hex => wallet?.address ?? '0x';
const registry = () => ({ address: chain.deployment.identityRegistry, abi: identityRegistryAbi }) as const;
const walletOf = (id: string) =>
  gateway.node.readContract({ ...registry(), functionName: 'getAgentWallet', args: [BigInt(id)] });

/** The registry forgets a wallet when the identity changes hands. */
async function give({ from, to, id }: { from: LocalContext; to: LocalContext; id: string }): Promise<void> {
  const args = [addressOf(from), addressOf(to), BigInt(id)] as const;
  const data = encodeFunctionData({ abi: identityRegistryAbi, functionName: 'transferFrom', args });
  await sendAs(gateway.node, { from: addressOf(from), to: chain.deployment.identityRegistry, data });
}

describe('identities.setWallet', () => {
  it('sends nothing when the registry has the wallet already', async () => {
    const sent = gateway.relayed.length;
    expect(await setWallet(owner, { chainAgentId })).toEqual({ chainAgentId, wallet: addressOf(owner) });
    expect(gateway.relayed).toHaveLength(sent);
  });

  it('proves the wallet of a new owner', async () => {
    const { chainAgentId: id } = await walletHandlers['wallets.link'](
      await createParty(chain, gateway.client, { wallet: stranger.wallet }),
      {},
    );
    await give({ from: stranger, to: owner, id });
    expect(BigInt(await walletOf(id))).toBe(0n);
    expect(await setWallet(owner, { chainAgentId: id })).toMatchObject({
      wallet: addressOf(owner),
      transactionHash: expect.stringMatching(/^0x/),
    });
    expect(await walletOf(id)).toBe(addressOf(owner));
  });

  it('refuses identities of others, and those that there are not', async () => {
    const sent = gateway.relayed.length;
    const others = setWallet(stranger, { chainAgentId });
    await expect(others).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'SIGNER' } });
    for (const id of ['99999', String(2n ** 256n - 1n)]) {
      await expect(setWallet(owner, { chainAgentId: id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    expect(gateway.relayed).toHaveLength(sent);
  });
});

describe('identities.setUri', () => {
  it('changes the file, once', async () => {
    const uri = 'https://agent.example/registration.json';
    expect(await setUri(owner, { chainAgentId, uri })).toMatchObject({ transactionHash: expect.any(String) });
    expect(await setUri(owner, { chainAgentId, uri })).toEqual({ chainAgentId, uri });
    const args = [BigInt(chainAgentId)] as const;
    const kept = await gateway.node.readContract({ ...registry(), functionName: 'tokenURI', args });
    expect(kept).toBe(uri);
  });

  it('refuses identities of others', async () => {
    const others = setUri(stranger, { chainAgentId, uri: 'https://evil.example' });
    await expect(others).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'SIGNER' } });
  });
});
