import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

function notYet(): never {
  throw new BonafideError('UNSUPPORTED', 'Not built yet.');
}

export const complianceHandlers: HandlersOf<IdsOf<'compliance'>> = {
  'compliance.report': async () => notYet(),
};
