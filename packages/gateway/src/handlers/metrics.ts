import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

export const metricHandlers: HandlersOf<IdsOf<'metrics'>> = {
  'metrics.report': async () => {
    throw notYet();
  },
  'metrics.watch': () => {
    throw notYet();
  },
};

function notYet(): BonafideError {
  return new BonafideError('UNSUPPORTED', 'This is still being built.');
}
