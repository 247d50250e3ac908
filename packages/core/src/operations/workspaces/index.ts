import { getWorkspace } from './get.ts';
import { updateWorkspace } from './update.ts';

export const workspaces = { get: getWorkspace, update: updateWorkspace };
