import { decideApproval } from './decide.ts';
import { getApproval } from './get.ts';
import { listApprovals } from './list.ts';
import { watchApprovals } from './watch.ts';

export const approvals = {
  list: listApprovals,
  get: getApproval,
  decide: decideApproval,
  watch: watchApprovals,
};
