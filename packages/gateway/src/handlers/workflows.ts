import { readPage } from '../paging.ts';
import { placeOf } from '../sessions/place.ts';
import { createRule, deleteRule, presentRule, updateRule } from '../workflows/rules.ts';
import { tryRule } from '../workflows/try.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const workflowHandlers: HandlersOf<IdsOf<'workflows'>> = {
  'workflows.createRule': async (context, input) => {
    const owner = placeOf(context);
    return context.commit((tx) => createRule(tx, { ...input, owner }));
  },
  'workflows.updateRule': async (context, input) => {
    const owner = placeOf(context);
    return context.commit((tx) => updateRule(tx, { ...input, owner }));
  },
  'workflows.deleteRule': async ({ commit }, { ruleId }) =>
    commit((tx) => ({ isDeleted: deleteRule(tx, ruleId) })),
  'workflows.listRules': async ({ read, workspace }, input) => {
    const { items, ...rest } = readPage({
      input,
      read: ({ beyond, limit }) => read.workflowRules.list(workspace, { before: beyond, limit }),
      keyOf: ({ ruleId }) => ruleId,
    });
    return { items: items.map(presentRule), ...rest };
  },
  'workflows.testRule': async (context, { rule, event }) => tryRule(placeOf(context), { rule, event }),
};
