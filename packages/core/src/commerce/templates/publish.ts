import { jobTemplatesAbi } from '@bonafide/contracts';
import { parseEventLogs } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import { BonafideError } from '../../errors.ts';
import { type ContractRules, toContractRules } from '../../models/terms-codec.ts';
import type { createTemplate as creation } from '../../operations/templates/create.ts';
import type { updateTemplate as update } from '../../operations/templates/update.ts';
import { openChain } from '../chain.ts';
import { invalid } from '../refusals.ts';
import { checkRules } from '../rules.ts';
import { isSameAddress } from '../same-address.ts';
import { transact } from '../transact.ts';
import { requireOwnTemplate } from './template.ts';

type CreateInput = z.output<(typeof creation)['input']>;
type UpdateInput = z.output<(typeof update)['input']>;
type Output = z.output<(typeof creation)['output']>;

const MAX_NAME_BYTES = 100;
const MAX_TEMPLATES = 2 ** 32;

/** templates.create: publishes rules, once they are such as a job can be created with. */
export async function createTemplate(context: LocalContext, input: CreateInput): Promise<Output> {
  const args = argumentsOf(input);
  const { jobTemplates } = (await openChain(context)).deployment;
  const call = { address: jobTemplates, abi: jobTemplatesAbi, functionName: 'create', args } as const;
  const { logs, transactionHash } = await transact(context, call);
  const ours = logs.filter(({ address }) => isSameAddress(address, jobTemplates));
  const [created] = parseEventLogs({ abi: jobTemplatesAbi, eventName: 'TemplateCreated', logs: ours });
  if (created) return { templateId: created.args.templateId, transactionHash };
  throw new BonafideError('INTERNAL', 'The transaction went through but created no template.');
}

/** templates.update: what later jobs get. */
export async function updateTemplate(context: LocalContext, input: UpdateInput): Promise<Output> {
  const { templateId } = input;
  const args = [requireTemplateId(templateId), ...argumentsOf(input)] as const;
  const { deployment } = (await requireOwnTemplate(context, templateId)).chain;
  const call = {
    address: deployment.jobTemplates,
    abi: jobTemplatesAbi,
    functionName: 'update',
    args,
  } as const;
  const { transactionHash } = await transact(context, call);
  return { templateId, transactionHash };
}

/** The id, if the contract can have it; throws NOT_FOUND else, as for any other unknown template. */
export function requireTemplateId(templateId: number): number {
  if (templateId < MAX_TEMPLATES) return templateId;
  throw new BonafideError('NOT_FOUND', `There is no template ${templateId} on this chain.`);
}

function argumentsOf({
  name,
  metadataUri = '',
  rules,
  feeBps = 0,
}: CreateInput): readonly [string, string, ContractRules, number] {
  if (new TextEncoder().encode(name).length > MAX_NAME_BYTES) {
    throw invalid('name', `must be at most ${MAX_NAME_BYTES} bytes in UTF-8`);
  }
  checkRules(rules);
  return [name, metadataUri, toContractRules(rules), feeBps];
}
