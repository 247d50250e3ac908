import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

function notYet(): never {
  throw new BonafideError('UNSUPPORTED', 'Not built yet.');
}

export const trustHandlers: HandlersOf<IdsOf<'trust'>> = {
  'trust.get': async () => notYet(),
  'trust.history': async () => notYet(),
  'trust.giveFeedback': async () => notYet(),
};
