import { createGrant } from './create.ts';
import { listGrants } from './list.ts';
import { revokeGrant } from './revoke.ts';

export const grants = {
  create: createGrant,
  list: listGrants,
  revoke: revokeGrant,
};
