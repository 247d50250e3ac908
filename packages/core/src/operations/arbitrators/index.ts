import { getArbitrator } from './get.ts';
import { listArbitrators } from './list.ts';
import { stakeArbitrator } from './stake.ts';
import { unstakeArbitrator } from './unstake.ts';

export const arbitrators = {
  stake: stakeArbitrator,
  unstake: unstakeArbitrator,
  get: getArbitrator,
  list: listArbitrators,
};
