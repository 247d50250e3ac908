import { createAclRule } from './create-rule.ts';
import { deleteAclRule } from './delete-rule.ts';
import { explainAccess } from './explain.ts';
import { listAclFallbacks } from './list-fallbacks.ts';
import { listAclRules } from './list-rules.ts';
import { setAclFallback } from './set-fallback.ts';

export const acl = {
  createRule: createAclRule,
  listRules: listAclRules,
  deleteRule: deleteAclRule,
  setFallback: setAclFallback,
  listFallbacks: listAclFallbacks,
  explain: explainAccess,
};
