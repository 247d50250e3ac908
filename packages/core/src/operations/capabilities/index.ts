import { decideCapability } from './decide.ts';
import { grantCapability } from './grant.ts';
import { listCapabilities } from './list.ts';
import { requestCapability } from './request.ts';
import { revokeCapability } from './revoke.ts';

export const capabilities = {
  request: requestCapability,
  list: listCapabilities,
  grant: grantCapability,
  decide: decideCapability,
  revoke: revokeCapability,
};
