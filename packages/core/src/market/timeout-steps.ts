import type { Client } from '../client/types.ts';
import type { RoleStepper } from './follow-jobs.ts';

/** What anybody may do when time has made it due; a role does it for itself where no keeper was faster. */
export function timeoutSteps(client: Client): Readonly<Record<string, RoleStepper>> {
  const done =
    (call: (jobId: string, signal: AbortSignal) => Promise<unknown>): RoleStepper =>
    async ({ job: { jobId }, signal }) => {
      await call(jobId, signal);
      return true;
    };
  return {
    'jobs.settle': done((jobId, signal) => client.jobs.settle({ jobId }, { signal })),
    'jobs.refund': done((jobId, signal) => client.jobs.refund({ jobId }, { signal })),
    'disputes.assignArbitrator': done((jobId, signal) =>
      client.disputes.assignArbitrator({ jobId }, { signal }),
    ),
    'disputes.finalize': done((jobId, signal) => client.disputes.finalize({ jobId }, { signal })),
  };
}
