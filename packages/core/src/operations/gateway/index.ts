import { getHealth } from './get-health.ts';
import { getInfo } from './get-info.ts';

export const gateway = { getHealth, getInfo };
