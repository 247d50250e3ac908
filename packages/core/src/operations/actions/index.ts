import { completeAction } from './complete.ts';
import { getAction } from './get.ts';
import { listActions } from './list.ts';
import { logAction } from './log.ts';
import { startAction } from './start.ts';
import { verifyAction } from './verify.ts';
import { waitForAction } from './wait.ts';

export const actions = {
  verify: verifyAction,
  wait: waitForAction,
  start: startAction,
  complete: completeAction,
  log: logAction,
  get: getAction,
  list: listActions,
};
