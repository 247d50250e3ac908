import { findInvitation, inviteMember, joinWorkspace } from '../members/invitations.ts';
import { removeMember, setRole } from '../members/members.ts';
import { readPage } from '../paging.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const memberHandlers: HandlersOf<IdsOf<'members'>> = {
  'members.invite': async (context, input) => context.commit((tx) => inviteMember(tx, input)),
  'members.join': async (context, { invitation }) => {
    const { workspace, memberId } = findInvitation({ tables: context.read, now: context.now() }, invitation);
    const origin = { workspace, actor: `member:${memberId}` };
    return context.commit((tx) => joinWorkspace(tx, invitation), origin);
  },
  'members.list': async ({ read, workspace }, input) =>
    readPage({
      input,
      read: ({ beyond, limit }) => read.members.list(workspace, { before: beyond, limit }),
      keyOf: ({ memberId }) => memberId,
    }),
  'members.setRole': async (context, input) => context.commit((tx) => setRole(tx, input)),
  'members.remove': async (context, input) => context.commit((tx) => removeMember(tx, input)),
};
