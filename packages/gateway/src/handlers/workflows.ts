import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

export const workflowHandlers: HandlersOf<IdsOf<'workflows'>> = {
  'workflows.createRule': async () => {
    throw notYet();
  },
  'workflows.updateRule': async () => {
    throw notYet();
  },
  'workflows.deleteRule': async () => {
    throw notYet();
  },
  'workflows.listRules': async () => {
    throw notYet();
  },
  'workflows.testRule': async () => {
    throw notYet();
  },
};

function notYet(): BonafideError {
  return new BonafideError('UNSUPPORTED', 'This is still being built.');
}
