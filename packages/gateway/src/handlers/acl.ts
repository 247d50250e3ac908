import { compiledAcl } from '../acl/compiled.ts';
import { explainAccess } from '../acl/explain.ts';
import { listFallbacks } from '../acl/fallbacks.ts';
import { createRule, deleteRule, setFallback } from '../acl/rules.ts';
import { readerOf } from '../context.ts';
import { readPage } from '../paging.ts';
import { placeOf } from '../sessions/place.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const aclHandlers: HandlersOf<IdsOf<'acl'>> = {
  'acl.createRule': async (context, rule) => {
    const by = placeOf(context);
    return context.commit((tx) => createRule(tx, { rule, by }));
  },
  'acl.listRules': async ({ read, workspace }, { principalType, principalId, resourceType, ...input }) =>
    readPage({
      input,
      read: ({ beyond, limit }) =>
        read.acl.list({ workspace, principalType, principalId, resourceType }, { before: beyond, limit }),
      keyOf: ({ ruleId }) => ruleId,
    }),
  'acl.deleteRule': async ({ commit }, { ruleId }) => commit((tx) => deleteRule(tx, ruleId)),
  'acl.setFallback': async (context, fallback) => {
    const by = placeOf(context);
    return context.commit((tx) => setFallback(tx, { fallback, by }));
  },
  'acl.listFallbacks': async ({ read, workspace }) => ({
    items: listFallbacks(compiledAcl(read, workspace)),
  }),
  'acl.explain': async (context, { principal, resourceType, resourceId }) =>
    explainAccess(readerOf(context), {
      ...{ principal, type: resourceType, id: resourceId },
      now: context.services.now,
    }),
};
