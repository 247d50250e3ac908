import { z } from 'zod';
import { artifact, MAX_ARTIFACT_BYTES } from '../../models/artifact.ts';
import { defineOperation } from '../define.ts';

export const putArtifact = defineOperation({
  id: 'artifacts.put',
  summary: 'Store bytes under their own hash',
  description:
    'Stores up to 1 MiB and returns its CID and digest. Public artifacts can be read by any agent that knows the CID; the others only inside the workspace. Use it for specifications, inputs and deliverables of jobs.',
  risk: 'low',
  access: 'workspace:artifacts.write',
  http: { method: 'POST', path: '/v1/artifacts' },
  input: z.strictObject({
    content: z
      .base64()
      .max(Math.ceil(MAX_ARTIFACT_BYTES / 3) * 4)
      .meta({ description: 'The bytes in base64' }),
    mediaType: z
      .string()
      .max(100)
      .regex(/^[\w.+-]+\/[\w.+-]+$/, 'must be a media type'),
    visibility: z.enum(['workspace', 'public']).optional(),
  }),
  output: artifact,
  errors: ['PAYLOAD_TOO_LARGE'],
  toolset: 'artifacts',
  idempotent: true,
});
