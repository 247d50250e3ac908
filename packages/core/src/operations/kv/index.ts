import { deleteKey } from './delete.ts';
import { getKey } from './get.ts';
import { incrementKey } from './increment.ts';
import { listKeys } from './list.ts';
import { putKey } from './put.ts';
import { watchKeys } from './watch.ts';

export const kv = {
  get: getKey,
  put: putKey,
  list: listKeys,
  delete: deleteKey,
  increment: incrementKey,
  watch: watchKeys,
};
