import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

function notYet(): never {
  throw new BonafideError('UNSUPPORTED', 'Not built yet.');
}

export const capabilityHandlers: HandlersOf<IdsOf<'capabilities'>> = {
  'capabilities.request': async () => notYet(),
  'capabilities.list': async () => notYet(),
  'capabilities.grant': async () => notYet(),
  'capabilities.decide': async () => notYet(),
  'capabilities.revoke': async () => notYet(),
};
