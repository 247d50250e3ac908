import { z } from 'zod';
import { gatewayInfo } from '../../models/gateway.ts';
import { defineOperation } from '../define.ts';

export const getInfo = defineOperation({
  id: 'gateway.getInfo',
  summary: 'Who this gateway is and which chain it serves',
  description: 'Returns its DID, version, enrolment rule and the contracts of its chain.',
  risk: 'none',
  access: 'public',
  http: { method: 'GET', path: '/v1/info' },
  input: z.strictObject({}),
  output: gatewayInfo,
  errors: [],
  idempotent: true,
});
