import { getReputation } from './get.ts';
import { listReputation } from './list.ts';

export const reputation = {
  get: getReputation,
  list: listReputation,
};
