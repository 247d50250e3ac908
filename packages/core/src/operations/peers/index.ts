import { closePeer } from './close.ts';
import { connectPeer } from './connect.ts';
import { executeOnPeer } from './execute.ts';
import { listPeers } from './list.ts';
import { sendPeerIntent } from './send-intent.ts';

export const peers = {
  connect: connectPeer,
  sendIntent: sendPeerIntent,
  execute: executeOnPeer,
  close: closePeer,
  list: listPeers,
};
