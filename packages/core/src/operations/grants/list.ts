import { z } from 'zod';
import { grant } from '../../models/acl.ts';
import { page, pageInput } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const listGrants = defineOperation({
  id: 'grants.list',
  summary: 'List who may act for whom',
  description:
    'Lists grants newest first: those the caller gave, holds or is the user of, and all of the workspace for owners.',
  risk: 'none',
  access: 'workspace:grants.read',
  http: { method: 'GET', path: '/v1/grants' },
  input: z.strictObject({
    subject: z.string().max(128).optional(),
    delegate: z.string().max(640).optional(),
    ...pageInput,
  }),
  output: page(grant),
  errors: [],
  idempotent: true,
});
