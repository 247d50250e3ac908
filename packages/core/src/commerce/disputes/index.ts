import type { LocalHandlersOf } from '../../client/local-handlers.ts';
import { addEvidence } from './add-evidence.ts';
import { answerDispute } from './answer.ts';
import { assignArbitrator, ruleDispute } from './arbitrate.ts';
import { escalateDispute } from './escalate.ts';
import { finalizeDispute } from './finalize.ts';
import { openDispute } from './open.ts';
import { revalidateJob } from './revalidate.ts';

export const disputeHandlers: LocalHandlersOf<'disputes'> = {
  'disputes.open': openDispute,
  'disputes.answer': answerDispute,
  'disputes.addEvidence': addEvidence,
  'disputes.revalidate': revalidateJob,
  'disputes.escalate': escalateDispute,
  'disputes.assignArbitrator': assignArbitrator,
  'disputes.rule': ruleDispute,
  'disputes.finalize': finalizeDispute,
};
