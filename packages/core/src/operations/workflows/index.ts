import { createRule } from './create-rule.ts';
import { deleteRule } from './delete-rule.ts';
import { listRules } from './list-rules.ts';
import { testRule } from './test-rule.ts';
import { updateRule } from './update-rule.ts';

export const workflows = {
  createRule: createRule,
  updateRule: updateRule,
  deleteRule: deleteRule,
  listRules: listRules,
  testRule: testRule,
};
