import { reportMetrics } from '../metrics/report.ts';
import { watchMetrics } from '../metrics/watch.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const metricHandlers: HandlersOf<IdsOf<'metrics'>> = {
  'metrics.report': reportMetrics,
  'metrics.watch': watchMetrics,
};
