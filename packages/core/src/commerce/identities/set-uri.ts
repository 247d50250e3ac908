import { identityRegistryAbi } from '@bonafide/contracts';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { setIdentityUri as operation } from '../../operations/identities/set-uri.ts';
import { transact } from '../transact.ts';
import { requireOwnIdentity } from './identity.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

/** identities.setUri: where the registration file of an identity is. */
export async function setIdentityUri(context: LocalContext, { chainAgentId, uri }: Input): Promise<Output> {
  const identity = await requireOwnIdentity(context, chainAgentId);
  if (identity.uri === uri) return { chainAgentId, uri };
  const { transactionHash } = await transact(context, {
    address: identity.chain.deployment.identityRegistry,
    abi: identityRegistryAbi,
    functionName: 'setAgentURI',
    args: [identity.agentId, uri],
  });
  return { chainAgentId, uri, transactionHash };
}
