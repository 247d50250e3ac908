import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

function notYet(): never {
  throw new BonafideError('UNSUPPORTED', 'Not built yet.');
}

export const memberHandlers: HandlersOf<IdsOf<'members'>> = {
  'members.invite': async () => notYet(),
  'members.join': async () => notYet(),
  'members.list': async () => notYet(),
  'members.setRole': async () => notYet(),
  'members.remove': async () => notYet(),
};
