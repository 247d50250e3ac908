import { z } from 'zod';
import { addressText } from '../../models/address.ts';
import { id } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const requestService = defineOperation({
  id: 'services.request',
  summary: 'Send an HTTP request to a service principal',
  description:
    'Sends one HTTP request through the gateway to a connected service and returns its whole answer. UNAVAILABLE at once when the service is not connected; nothing is kept or repeated. A session streams with fetch instead.',
  risk: 'medium',
  access: 'workspace:services.write',
  http: { method: 'POST', path: '/v1/services/request' },
  input: z.strictObject({
    to: addressText.meta({ description: 'Such as sv::memory::default, or sv::memory for any instance' }),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
    path: z.string().max(8192).regex(/^\//, 'must begin with a slash'),
    headers: z.record(z.string().max(256), z.string().max(8192)).optional(),
    body: z.string().max(1_398_104).optional().meta({ description: 'Base64' }),
    timeoutMs: z.int().min(1).max(300_000).default(30_000),
    grantId: id.optional().meta({ description: 'To act for a user, within this grant' }),
  }),
  output: z.object({
    status: z.int(),
    headers: z.record(z.string(), z.string()),
    body: z.string().meta({ description: 'Base64' }),
  }),
  errors: ['UNAVAILABLE', 'TIMEOUT', 'PAYLOAD_TOO_LARGE'],
  toolset: 'coordination',
  idempotent: false,
});
