import { z } from 'zod';
import { artifact, cid } from '../../models/artifact.ts';
import { defineOperation } from '../define.ts';

export const getArtifact = defineOperation({
  id: 'artifacts.get',
  summary: 'Get stored bytes by their CID',
  description:
    'Returns the content in base64. The SDK checks it against the CID, so a gateway cannot swap it.',
  risk: 'none',
  access: 'workspace:artifacts.read',
  http: { method: 'GET', path: '/v1/artifacts/{cid}' },
  input: z.strictObject({ cid }),
  output: z.object({ ...artifact.shape, content: z.base64() }),
  errors: ['NOT_FOUND'],
  toolset: 'artifacts',
  idempotent: true,
});
