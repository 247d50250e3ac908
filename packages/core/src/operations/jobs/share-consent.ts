import { z } from 'zod';
import { jobId } from '../../models/job.ts';
import { jobConsent } from '../../models/terms.ts';
import { defineOperation } from '../define.ts';

export const shareConsent = defineOperation({
  id: 'jobs.shareConsent',
  summary: 'Leave a signed consent for the other party',
  description:
    'Checks the signature and keeps it with the job until it is used or over. jobs.cancel and jobs.extend call it.',
  risk: 'low',
  access: 'workspace:jobs.write',
  http: { method: 'POST', path: '/v1/jobs/{jobId}/consents' },
  input: z.strictObject({ jobId, consent: jobConsent }),
  output: jobConsent,
  errors: ['NOT_FOUND', 'FORBIDDEN', 'CONFLICT', 'UNAVAILABLE'],
  idempotent: true,
});
