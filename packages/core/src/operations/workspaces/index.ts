import { createChildWorkspace } from './create.ts';
import { deleteWorkspace } from './delete.ts';
import { getWorkspace } from './get.ts';
import { listWorkspaces } from './list.ts';
import { switchWorkspace } from './switch.ts';
import { updateWorkspace } from './update.ts';

export const workspaces = {
  get: getWorkspace,
  update: updateWorkspace,
  create: createChildWorkspace,
  list: listWorkspaces,
  delete: deleteWorkspace,
  switch: switchWorkspace,
};
