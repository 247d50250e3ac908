import { ContractsError, deployments, parseDeployment, requireDeployment } from '@bonafide/contracts';
import { createPublicClient, type PublicClient } from 'viem';
import type { LocalContext } from '../client/local-handlers.ts';
import type { ChainDeployment } from '../client/types.ts';
import { BonafideError } from '../errors.ts';
import type { ChainInfo } from '../models/gateway.ts';
import { nodeTransport } from './node-transport.ts';

/** A chain that has been checked: its node, and contracts that do not depend on the gateway's word. */
export interface Chain {
  readonly node: PublicClient;
  readonly deployment: ChainDeployment;
}

const opened = new WeakMap<object, Promise<Chain>>();

/** Opens the chain of the agent's gateway once per agent; a failure is not remembered. */
export function openChain(context: LocalContext): Promise<Chain> {
  const known = opened.get(context.client);
  if (known) return known;
  const opening = open(context).catch((error: unknown) => {
    opened.delete(context.client);
    throw error;
  });
  opened.set(context.client, opening);
  return opening;
}

async function open(context: LocalContext): Promise<Chain> {
  const { chain } = await context.client.gateway.getInfo({}, { signal: context.signal });
  if (!chain)
    throw new BonafideError('UNAVAILABLE', 'This gateway serves no chain, so there are no jobs on it.');
  const deployment = ownDeployment(context) ?? trustedDeployment(chain);
  const rpcUrl = context.chain?.rpcUrl ?? chain.rpcUrl;
  if (!rpcUrl) {
    throw new BonafideError(
      'UNSUPPORTED',
      'No chain node is known. Pass `chain: { rpcUrl }` or set BONAFIDE_RPC_URL.',
    );
  }
  const node = createPublicClient({ transport: nodeTransport(rpcUrl), pollingInterval: 250 });
  const chainId = await chainIdOf(node);
  if (chainId !== deployment.chainId) {
    throw new BonafideError(
      'CONFLICT',
      `The node is on chain ${chainId}, the contracts are on ${deployment.chainId}.`,
    );
  }
  return { node, deployment };
}

async function chainIdOf(node: PublicClient): Promise<number> {
  try {
    return await node.getChainId();
  } catch (cause) {
    throw new BonafideError('UNAVAILABLE', 'The chain node does not answer.', { cause });
  }
}

function ownDeployment({ chain }: LocalContext): ChainDeployment | undefined {
  if (typeof chain?.deployment !== 'string') return chain?.deployment;
  try {
    return parseDeployment(chain.deployment);
  } catch (cause) {
    if (!(cause instanceof ContractsError)) throw cause;
    throw new BonafideError('VALIDATION_FAILED', cause.message, { cause });
  }
}

/** The addresses in this package count, not a gateway's word. */
function trustedDeployment({ chainId }: ChainInfo): ChainDeployment {
  const [name] = Object.entries(deployments).find(([, each]) => each.chainId === chainId) ?? [];
  try {
    return requireDeployment(name ?? '');
  } catch (cause) {
    if (!(cause instanceof ContractsError)) throw cause;
    const message = `The contracts of chain ${chainId} are not known here. Set BONAFIDE_DEPLOYMENT_FILE to a deployment.json you trust, or pass \`chain: { deployment }\`.`;
    throw new BonafideError('UNSUPPORTED', message, { cause });
  }
}
