import { z } from 'zod';
import { did } from '../../models/common.ts';
import { peerState } from '../../models/peer.ts';
import { defineLocalOperation } from '../define.ts';

export const closePeer = defineLocalOperation({
  id: 'peers.close',
  summary: 'Close the channel to another agent',
  description: 'Ends the channel and whatever still runs on it. Closing what is not open does nothing.',
  risk: 'low',
  input: z.strictObject({ did, reason: z.string().max(200).optional() }),
  output: peerState,
  errors: ['UNSUPPORTED'],
  toolset: 'peers',
  idempotent: true,
});
