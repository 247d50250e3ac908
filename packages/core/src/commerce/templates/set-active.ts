import { jobTemplatesAbi } from '@bonafide/contracts';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { setTemplateActive as operation } from '../../operations/templates/set-active.ts';
import { transact } from '../transact.ts';
import { requireTemplateId } from './publish.ts';
import { requireOwnTemplate } from './template.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

/** templates.setActive: whether jobs can be created from it. */
export async function setTemplateActive(context: LocalContext, input: Input): Promise<Output> {
  const { isActive } = input;
  const templateId = requireTemplateId(input.templateId);
  const { chain, active } = await requireOwnTemplate(context, templateId);
  if (active === isActive) return { templateId };
  const { transactionHash } = await transact(context, {
    address: chain.deployment.jobTemplates,
    abi: jobTemplatesAbi,
    functionName: 'setActive',
    args: [templateId, isActive],
  });
  return { templateId, transactionHash };
}
