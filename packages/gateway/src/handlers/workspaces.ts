import { BonafideError } from '@bonafide/core/errors';
import { readerOf } from '../context.ts';
import { NAMES, readPage } from '../paging.ts';
import { moveSession } from '../sessions/move.ts';
import { placeOf } from '../sessions/place.ts';
import { closeWorkspace } from '../workspaces/close.ts';
import { createChildWorkspace } from '../workspaces/create.ts';
import { listSiblings } from '../workspaces/siblings.ts';
import { getWorkspace, updateWorkspace } from '../workspaces/workspaces.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const workspaceHandlers: HandlersOf<IdsOf<'workspaces'>> = {
  'workspaces.get': async (context) => getWorkspace(readerOf(context)),
  'workspaces.update': async (context, { settings }) => context.commit((tx) => updateWorkspace(tx, settings)),
  'workspaces.create': async (context, input) => {
    const { principal } = context;
    const by = principal.kind === 'token' ? principal.member : undefined;
    if (!by) throw new BonafideError('FORBIDDEN', 'Only a person makes a workspace.');
    return context.commit((tx) => createChildWorkspace(tx, { ...input, by }));
  },
  'workspaces.list': async (context, input) => {
    const siblings = listSiblings(context.read, placeOf(context));
    return readPage({
      input,
      read: ({ beyond = '', limit }) => siblings.filter(({ name }) => name > beyond).slice(0, limit),
      keyOf: ({ name }) => name,
      keys: NAMES,
    });
  },
  'workspaces.delete': async (context, input) => {
    const by = placeOf(context);
    return context.commit((tx) => closeWorkspace(tx, { ...input, by }));
  },
  'workspaces.switch': (context, { workspace }) => moveSession(context, workspace),
};
