import { deleteImplementation } from './delete.ts';
import { listImplementations } from './list.ts';
import { putImplementation } from './put.ts';

export const implementations = {
  put: putImplementation,
  list: listImplementations,
  delete: deleteImplementation,
};
