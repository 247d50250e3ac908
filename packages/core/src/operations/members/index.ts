import { inviteMember } from './invite.ts';
import { joinWorkspace } from './join.ts';
import { listMembers } from './list.ts';
import { removeMember } from './remove.ts';
import { setMemberRole } from './set-role.ts';

export const members = {
  invite: inviteMember,
  join: joinWorkspace,
  list: listMembers,
  setRole: setMemberRole,
  remove: removeMember,
};
