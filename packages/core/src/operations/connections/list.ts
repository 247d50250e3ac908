import { z } from 'zod';
import { addressText, principalType } from '../../models/address.ts';
import { page, pageInput } from '../../models/common.ts';
import { connection } from '../../models/connection.ts';
import { defineOperation } from '../define.ts';

export const listConnections = defineOperation({
  id: 'connections.list',
  summary: 'List who is connected',
  description: 'Lists the live sessions of the workspace on all gateways, newest first.',
  risk: 'none',
  access: 'workspace:connections.read',
  http: { method: 'GET', path: '/v1/connections' },
  input: z.strictObject({
    principalType: principalType.optional(),
    address: addressText.optional(),
    ...pageInput,
  }),
  output: page(connection),
  errors: [],
  idempotent: true,
});
