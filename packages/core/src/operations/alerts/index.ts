import { acknowledgeAlert } from './acknowledge.ts';
import { listAlerts } from './list.ts';
import { resolveAlert } from './resolve.ts';
import { watchAlerts } from './watch.ts';

export const alerts = {
  list: listAlerts,
  acknowledge: acknowledgeAlert,
  resolve: resolveAlert,
  watch: watchAlerts,
};
