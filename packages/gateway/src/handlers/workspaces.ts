import { getWorkspace, updateWorkspace } from '../workspaces/workspaces.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const workspaceHandlers: HandlersOf<IdsOf<'workspaces'>> = {
  'workspaces.get': async ({ read: tables, workspace }) => getWorkspace({ tables, workspace }),
  'workspaces.update': async (context, { settings }) => context.commit((tx) => updateWorkspace(tx, settings)),
};
