import { createInterface } from 'node:readline/promises';
import { connect } from '@bonafide/core';
import { tell } from './timeline.ts';

/** Shows each question on the terminal and takes the answer from the keyboard. */
export function approveByHand(url: string, token: string): AsyncDisposable {
  const person = connect({ url, token });
  const stopping = new AbortController();
  const keyboard = createInterface({ input: process.stdin, output: process.stdout });

  async function answerApprovals(): Promise<void> {
    for await (const approval of person.approvals.watch({}, { signal: stopping.signal })) {
      if (approval.status !== 'pending') continue;
      const { approvalId, parametersDigest, parameters, agentName, action, risk } = approval;
      tell(
        'human',
        `${agentName} asks for '${action}' (${risk} risk)\n${JSON.stringify(parameters, null, 2)}`,
      );
      const answer = await keyboard.question('Approve exactly this? [y/N] ', { signal: stopping.signal });
      const decision = /^y(es)?$/i.test(answer.trim()) ? 'approve' : 'deny';
      await person.approvals.decide({ approvalId, parametersDigest, decision });
    }
  }

  const answering = answerApprovals().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      keyboard.close();
      await answering;
    },
  };
}
