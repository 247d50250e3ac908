import {
  deleteCheckpoint,
  listCheckpoints,
  loadCheckpoint,
  saveCheckpoint,
} from '../checkpoints/checkpoints.ts';
import type { Context } from '../context.ts';
import { placeOf } from '../sessions/place.ts';
import type { CheckpointOwner } from '../stores/checkpoints.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const checkpointHandlers: HandlersOf<IdsOf<'checkpoints'>> = {
  'checkpoints.save': (context, { data, ...input }) =>
    context.commit((tx) => saveCheckpoint(tx, { ...ownerOf(context), ...input, data: JSON.stringify(data) })),
  'checkpoints.load': async (context, { key }) =>
    loadCheckpoint(context.read, { id: { ...ownerOf(context), key }, now: context.now() }),
  'checkpoints.list': async (context, input) =>
    listCheckpoints(context.read, { owner: ownerOf(context), now: context.now(), input }),
  'checkpoints.delete': (context, input) =>
    context.commit((tx) => ({ isDeleted: deleteCheckpoint(tx, { ...ownerOf(context), ...input }) })),
};

/** An address belongs to one credential for good, so a state is found again after a restart, and by nobody else. */
function ownerOf(context: Context): CheckpointOwner {
  const { workspace, name } = placeOf(context);
  return { workspace, owner: name };
}
