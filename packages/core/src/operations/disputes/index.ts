import { addEvidence } from './add-evidence.ts';
import { answerDispute } from './answer.ts';
import { assignArbitrator } from './assign-arbitrator.ts';
import { escalateDispute } from './escalate.ts';
import { finalizeDispute } from './finalize.ts';
import { getDispute } from './get.ts';
import { listDisputes } from './list.ts';
import { openDispute } from './open.ts';
import { revalidateJob } from './revalidate.ts';
import { ruleDispute } from './rule.ts';

export const disputes = {
  open: openDispute,
  answer: answerDispute,
  addEvidence: addEvidence,
  revalidate: revalidateJob,
  escalate: escalateDispute,
  assignArbitrator: assignArbitrator,
  rule: ruleDispute,
  finalize: finalizeDispute,
  get: getDispute,
  list: listDisputes,
};
