import { explainPolicy } from './explain.ts';
import { getPolicy } from './get.ts';
import { lintPolicy } from './lint.ts';
import { listPolicies } from './list.ts';
import { putPolicy } from './put.ts';
import { testPolicy } from './test.ts';

export const policies = {
  get: getPolicy,
  list: listPolicies,
  put: putPolicy,
  lint: lintPolicy,
  test: testPolicy,
  explain: explainPolicy,
};
