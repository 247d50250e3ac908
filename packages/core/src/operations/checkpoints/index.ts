import { deleteCheckpoint } from './delete.ts';
import { listCheckpoints } from './list.ts';
import { loadCheckpoint } from './load.ts';
import { saveCheckpoint } from './save.ts';

export const checkpoints = {
  save: saveCheckpoint,
  load: loadCheckpoint,
  list: listCheckpoints,
  delete: deleteCheckpoint,
};
