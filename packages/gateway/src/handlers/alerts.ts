import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

function notYet(): never {
  throw new BonafideError('UNSUPPORTED', 'Not built yet.');
}

export const alertHandlers: HandlersOf<IdsOf<'alerts'>> = {
  'alerts.list': async () => notYet(),
  'alerts.acknowledge': async () => notYet(),
  'alerts.resolve': async () => notYet(),
  'alerts.watch': notYet,
};
