import { reportMetrics } from './report.ts';
import { watchMetrics } from './watch.ts';

export const metrics = {
  report: reportMetrics,
  watch: watchMetrics,
};
