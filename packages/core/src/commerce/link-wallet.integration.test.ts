import { startLocalChain } from '@bonafide/contracts/local';
import { expect, it } from 'vitest';
import { linkWallet } from './link-wallet.ts';
import { createChainClient, createParty } from './testing/chain-client.ts';

it('links a wallet by registering an identity once', async () => {
  await using chain = await startLocalChain();
  const { client } = createChainClient(chain, {});
  const agent = await createParty(chain, client);
  expect(await linkWallet(agent)).toMatchObject({
    wallet: agent.wallet?.address,
    chainAgentId: expect.stringMatching(/^\d+$/),
  });
});
