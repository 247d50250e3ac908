import { z } from 'zod';
import { did } from '../../models/common.ts';
import { peerState } from '../../models/peer.ts';
import { defineLocalOperation } from '../define.ts';

export const connectPeer = defineLocalOperation({
  id: 'peers.connect',
  summary: 'Open a direct channel to another agent',
  description:
    'Connects to an agent that agents.find or agents.get showed, by its DID. Both sides prove their keys; nobody between can read or change what is said. Next peers.sendIntent or peers.execute, which connect by themselves, too.',
  risk: 'low',
  input: z.strictObject({ did }),
  output: peerState,
  errors: ['NOT_FOUND', 'FORBIDDEN', 'UNAVAILABLE', 'TIMEOUT', 'UNSUPPORTED'],
  toolset: 'peers',
  idempotent: true,
});
