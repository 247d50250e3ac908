import { BonafideError } from '@bonafide/core/errors';
import { readerOf } from '../context.ts';
import { getWorkspace, updateWorkspace } from '../workspaces/workspaces.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const workspaceHandlers: HandlersOf<IdsOf<'workspaces'>> = {
  'workspaces.get': async (context) => getWorkspace(readerOf(context)),
  'workspaces.update': async (context, { settings }) => context.commit((tx) => updateWorkspace(tx, settings)),
  'workspaces.create': async () => {
    throw new BonafideError('UNSUPPORTED', 'This is still being built.');
  },
  'workspaces.list': async () => {
    throw new BonafideError('UNSUPPORTED', 'This is still being built.');
  },
  'workspaces.delete': async () => {
    throw new BonafideError('UNSUPPORTED', 'This is still being built.');
  },
  'workspaces.switch': async () => {
    throw new BonafideError('UNSUPPORTED', 'This is still being built.');
  },
};
