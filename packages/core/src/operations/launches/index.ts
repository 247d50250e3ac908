import { listLaunches } from './list.ts';
import { reportLaunchFailure } from './report-failure.ts';

export const launches = {
  list: listLaunches,
  reportFailure: reportLaunchFailure,
};
