import { required, say, stateFact } from '@bonafide/app-kit';
import { connect } from '@bonafide/core';
import type { Approval } from '@bonafide/core/models';

// Plays the person at 2 a.m. through the real API: reads exactly what will run, and decides.
const person = connect({ url: required('BONAFIDE_URL'), token: required('BONAFIDE_TOKEN') });
const OPEN_INVOICE = 3;

type Answer = { readonly decision: 'approve' | 'deny'; readonly reason: string };

/** Undefined: asleep, and the question expires. */
function answerTo({ action, parameters }: Approval): Answer | undefined {
  if (action === 'records.delete_all') return undefined;
  if (parameters.id === OPEN_INVOICE) return { decision: 'deny', reason: 'Customer 3 has an open invoice.' };
  return { decision: 'approve', reason: 'The customer asked to be forgotten.' };
}

const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
stateFact('ready');

async function answerApprovals(): Promise<void> {
  for await (const approval of person.approvals.watch({}, { signal: stopping.signal })) {
    if (approval.status !== 'pending') continue;
    const { approvalId, parametersDigest, parameters, agentName, action, risk } = approval;
    const answer = answerTo(approval);
    say(`${agentName} asks for ${action} ${JSON.stringify(parameters)} (${risk} risk)`);
    if (!answer) {
      say('… does not answer');
      continue;
    }
    await person.approvals.decide({ approvalId, parametersDigest, ...answer });
    say(`${answer.decision === 'approve' ? 'approves' : 'denies'} exactly this: ${answer.reason}`);
  }
}

await answerApprovals().catch((error: unknown) => {
  if (!stopping.signal.aborted) throw error;
});
