import { z } from 'zod';
import { peerState } from '../../models/peer.ts';
import { defineLocalOperation } from '../define.ts';

export const listPeers = defineLocalOperation({
  id: 'peers.list',
  summary: 'List the agents with an open channel',
  description: 'Shows to whom there is a channel now, and whether it is direct or relayed under seal.',
  risk: 'none',
  input: z.strictObject({}),
  output: z.object({ items: z.array(peerState) }),
  errors: ['UNSUPPORTED'],
  toolset: 'peers',
  idempotent: true,
});
