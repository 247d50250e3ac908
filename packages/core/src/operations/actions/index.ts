import { completeAction } from './complete.ts';
import { getAction } from './get.ts';
import { listActions } from './list.ts';
import { logAction } from './log.ts';
import { verifyAction } from './verify.ts';
import { waitForAction } from './wait.ts';

export const actions = {
  verify: verifyAction,
  wait: waitForAction,
  complete: completeAction,
  log: logAction,
  get: getAction,
  list: listActions,
};
