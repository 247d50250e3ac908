import { z } from 'zod';
import { addressPart } from '../../models/address.ts';
import { defineOperation } from '../define.ts';

export const deleteImplementation = defineOperation({
  id: 'implementations.delete',
  summary: 'Forget how an implementation is started',
  description: 'From now on nothing starts this implementation; instances that run are not touched.',
  risk: 'high',
  access: 'workspace:implementations.manage',
  http: { method: 'DELETE', path: '/v1/implementations/{implementation}' },
  input: z.strictObject({ implementation: addressPart }),
  output: z.object({ isDeleted: z.boolean() }),
  errors: [],
  idempotent: true,
});
