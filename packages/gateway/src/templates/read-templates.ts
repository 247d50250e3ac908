import type { JobTemplate } from '@bonafide/core/models';
import { findInIndex } from '../chain/freshness.ts';
import type { Context } from '../context.ts';
import { NUMBERS, type PageInput, readPage } from '../paging.ts';
import type { TemplateQuery } from '../stores/chain.ts';

/** A template that jobs can be made from, or could be before it was stopped; throws NOT_FOUND. */
export function getTemplate(context: Context, templateId: number): Promise<JobTemplate> {
  const find = () => {
    const stored = context.read.templates.get(templateId);
    return stored?.isUsable ? stored.template : undefined;
  };
  return findInIndex(context, { find, what: `usable template ${templateId}` });
}

/** One page of templates, newest first. */
export function listTemplates({ read }: Context, { cursor, limit, ...query }: TemplateQuery & PageInput) {
  const { items, ...rest } = readPage({
    input: { cursor, limit },
    read: ({ beyond, limit }) =>
      read.templates.list(query, { before: beyond === undefined ? undefined : Number(beyond), limit }),
    keyOf: ({ template }) => String(template.templateId),
    keys: NUMBERS,
  });
  return { items: items.map(({ template }) => template), ...rest };
}
