import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

function notYet(): never {
  throw new BonafideError('UNSUPPORTED', 'Not built yet.');
}

export const workspaceHandlers: HandlersOf<IdsOf<'workspaces'>> = {
  'workspaces.get': async () => notYet(),
  'workspaces.update': async () => notYet(),
};
