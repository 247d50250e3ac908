import type { LocalHandlersOf } from '../../client/local-handlers.ts';
import { stakeArbitrator } from './stake.ts';
import { unstakeArbitrator } from './unstake.ts';

export const arbitratorHandlers: LocalHandlersOf<'arbitrators'> = {
  'arbitrators.stake': stakeArbitrator,
  'arbitrators.unstake': unstakeArbitrator,
};
