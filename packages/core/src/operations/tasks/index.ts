import { cancelTask } from './cancel.ts';
import { claimTasks } from './claim.ts';
import { completeTask } from './complete.ts';
import { createTask } from './create.ts';
import { extendLease } from './extend-lease.ts';
import { failTask } from './fail.ts';
import { getTask } from './get.ts';
import { listTasks } from './list.ts';
import { pauseTask } from './pause.ts';
import { reportProgress } from './report-progress.ts';
import { resumeTask } from './resume.ts';
import { retryTask } from './retry.ts';
import { watchTasks } from './watch.ts';

export const tasks = {
  create: createTask,
  get: getTask,
  list: listTasks,
  claim: claimTasks,
  extendLease: extendLease,
  reportProgress: reportProgress,
  complete: completeTask,
  fail: failTask,
  cancel: cancelTask,
  retry: retryTask,
  pause: pauseTask,
  resume: resumeTask,
  watch: watchTasks,
};
