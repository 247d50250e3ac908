import { accessLevels } from '@bonafide/core/models';
import type { Context } from '../context.ts';
import { reportLaunchFailure } from '../launches/failures.ts';
import {
  deleteImplementation,
  presentImplementation,
  putImplementation,
} from '../launches/implementations.ts';
import { presentLaunch } from '../launches/launch.ts';
import type { Transaction } from '../ledger.ts';
import { readPage } from '../paging.ts';
import { placeOf } from '../sessions/place.ts';
import { placeForTasks } from '../tasks/visible.ts';
import type { HandlersOf, IdsOf } from './types.ts';

/** What names of implementations can look like: parts of addresses. */
const NAMES = /^[^\s\p{C}:*>]{1,128}$/u;

export const launchHandlers: HandlersOf<IdsOf<'implementations'> | IdsOf<'launches'>> = {
  'implementations.put': async (context, input) => {
    const { workspace } = placeForTasks(context, accessLevels.manage);
    return commit(context, (tx) => putImplementation(tx, workspace, input));
  },
  'implementations.list': async (context, input) => {
    const { workspace } = placeForTasks(context, accessLevels.read);
    const { items, ...rest } = readPage({
      input,
      read: ({ beyond, limit }) => context.read.implementations.list(workspace, { after: beyond, limit }),
      keyOf: ({ implementation }) => implementation,
      keys: NAMES,
    });
    return { items: items.map(presentImplementation), ...rest };
  },
  'implementations.delete': async (context, { implementation }) => {
    const { workspace } = placeForTasks(context, accessLevels.manage);
    return commit(context, (tx) => deleteImplementation(tx, { workspace, implementation }));
  },
  'launches.list': async (context, { status, ...input }) => {
    const { workspace } = placeForTasks(context, accessLevels.read);
    const { items, ...rest } = readPage({
      input,
      read: ({ beyond, limit }) =>
        context.read.launches.list(workspace, { status }, { before: beyond, limit }),
      keyOf: ({ launchId }) => launchId,
    });
    return { items: items.map(presentLaunch), ...rest };
  },
  'launches.reportFailure': async (context, input) =>
    commit(context, (tx) => presentLaunch(reportLaunchFailure(tx, { ...input, place: placeOf(context) }))),
};

/** In the workspace where the caller works now, which its session may have changed. */
function commit<Output>(context: Context, work: (tx: Transaction) => Output): Promise<Output> {
  const { workspace, actor } = placeOf(context);
  return context.commit(work, { workspace, actor });
}
