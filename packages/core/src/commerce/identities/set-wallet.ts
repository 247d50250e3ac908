import { identityRegistryAbi } from '@bonafide/contracts';
import type { Hex } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { setIdentityWallet as operation } from '../../operations/identities/set-wallet.ts';
import { requireWallet } from '../context.ts';
import { reading } from '../reading.ts';
import { isSameAddress } from '../same-address.ts';
import { transact } from '../transact.ts';
import { type Identity, requireOwnIdentity } from './identity.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

// The registry takes five minutes at most, counted from the block that holds the transaction.
const VALID_SECONDS = 270n;

const walletTypes = {
  AgentWalletSet: [
    { name: 'agentId', type: 'uint256' },
    { name: 'newWallet', type: 'address' },
    { name: 'owner', type: 'address' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const;

/** identities.setWallet: the wallet proves itself to the registry, which then has jobs pay it. */
export async function setIdentityWallet(context: LocalContext, { chainAgentId }: Input): Promise<Output> {
  const { address } = requireWallet(context);
  const identity = await requireOwnIdentity(context, chainAgentId);
  if (isSameAddress(identity.wallet, address)) return { chainAgentId, wallet: address };
  const { node, deployment } = identity.chain;
  const { timestamp } = await reading('the newest block', () => node.getBlock());
  const deadline = timestamp + VALID_SECONDS;
  const signature = await signWallet(context, { identity, deadline });
  const { transactionHash } = await transact(context, {
    address: deployment.identityRegistry,
    abi: identityRegistryAbi,
    functionName: 'setAgentWallet',
    args: [identity.agentId, address, deadline, signature],
  });
  return { chainAgentId, wallet: address, transactionHash };
}

function signWallet(
  context: LocalContext,
  { identity, deadline }: { readonly identity: Identity; readonly deadline: bigint },
): Promise<Hex> {
  const account = requireWallet(context);
  const { chain, agentId, owner } = identity;
  const { chainId, identityRegistry } = chain.deployment;
  return account.signTypedData({
    domain: { name: 'ERC8004IdentityRegistry', version: '1', chainId, verifyingContract: identityRegistry },
    types: walletTypes,
    primaryType: 'AgentWalletSet',
    message: { agentId, newWallet: account.address, owner, deadline },
  });
}
