import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

function notYet(): never {
  throw new BonafideError('UNSUPPORTED', 'Not built yet.');
}

export const policyHandlers: HandlersOf<IdsOf<'policies'>> = {
  'policies.get': async () => notYet(),
  'policies.list': async () => notYet(),
  'policies.put': async () => notYet(),
  'policies.lint': async () => notYet(),
  'policies.test': async () => notYet(),
  'policies.explain': async () => notYet(),
};
