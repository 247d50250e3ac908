import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

export const aclHandlers: HandlersOf<IdsOf<'acl'>> = {
  'acl.createRule': async () => {
    throw notYet();
  },
  'acl.listRules': async () => {
    throw notYet();
  },
  'acl.deleteRule': async () => {
    throw notYet();
  },
  'acl.setFallback': async () => {
    throw notYet();
  },
  'acl.listFallbacks': async () => {
    throw notYet();
  },
  'acl.explain': async () => {
    throw notYet();
  },
};

function notYet(): BonafideError {
  return new BonafideError('UNSUPPORTED', 'This is still being built.');
}
