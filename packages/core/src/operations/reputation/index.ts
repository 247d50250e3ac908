import { getReputation } from './get.ts';

export const reputation = { get: getReputation };
