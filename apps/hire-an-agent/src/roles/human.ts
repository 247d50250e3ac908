import { required, say, stateFact } from '@bonafide/app-kit';
import { connect } from '@bonafide/core';

// Plays the person at 2 a.m. through the real API: reads exactly what will run and answers it.
const MAX_USDC = 50;
const person = connect({ url: required('BONAFIDE_URL'), token: required('BONAFIDE_TOKEN') });
stateFact('ready');

const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());

async function answerApprovals(): Promise<void> {
  for await (const approval of person.approvals.watch({}, { signal: stopping.signal })) {
    if (approval.status !== 'pending') continue;
    const { approvalId, parametersDigest, parameters, agentName, action, risk } = approval;
    say(`${agentName} asks for '${action}' (${risk} risk)\n${JSON.stringify(parameters)}`);
    const { amountUsdc, validatorFeesUsdc = '0' } = parameters;
    const isFine = action === 'jobs.fund' && Number(amountUsdc) + Number(validatorFeesUsdc) <= MAX_USDC;
    const decision = isFine ? 'approve' : 'deny';
    await person.approvals.decide({
      approvalId,
      parametersDigest,
      decision,
      reason: `rule of thumb: up to ${MAX_USDC} USDC`,
    });
    say(`${decision === 'approve' ? 'approved' : 'denied'}, for exactly these parameters`);
    stateFact('decided', { approvalId, decision });
  }
}

await answerApprovals().catch((error: unknown) => {
  if (!stopping.signal.aborted) throw error;
});
