import { jobTemplatesAbi } from '@bonafide/contracts';
import type { Hex } from 'viem';
import type { LocalContext } from '../../client/local-handlers.ts';
import { BonafideError } from '../../errors.ts';
import { type Chain, openChain } from '../chain.ts';
import { requireWallet } from '../context.ts';
import { reading } from '../reading.ts';
import { conflict } from '../refusals.ts';
import { isSameAddress } from '../same-address.ts';

/** A template as the chain has it now; names and rules are only in its events. */
export interface ChainTemplate {
  readonly chain: Chain;
  readonly creator: Hex;
  readonly feeBps: number;
  readonly active: boolean;
  readonly rulesHash: Hex;
}

/** The template, if this wallet is its creator; throws NOT_FOUND, or CONFLICT for somebody else's. */
export async function requireOwnTemplate(context: LocalContext, templateId: number): Promise<ChainTemplate> {
  const { address } = requireWallet(context);
  const template = await readTemplate(await openChain(context), templateId);
  if (isSameAddress(template.creator, address)) return template;
  const message = `Template ${templateId} belongs to ${template.creator}, not to this wallet.`;
  throw conflict(message, { reason: 'SIGNER', creator: template.creator });
}

async function readTemplate(chain: Chain, templateId: number): Promise<ChainTemplate> {
  const { node, deployment } = chain;
  const request = { address: deployment.jobTemplates, abi: jobTemplatesAbi } as const;
  try {
    const template = await reading('the template', () =>
      node.readContract({ ...request, functionName: 'getTemplate', args: [templateId] }),
    );
    return { chain, ...template };
  } catch (error) {
    if (BonafideError.from(error).details.revert !== 'TemplateNotFound') throw error;
    throw new BonafideError('NOT_FOUND', `There is no template ${templateId} on this chain.`);
  }
}
