import { createPeerEnd, type PeerEnd } from './peer-end.ts';

declare global {
  var peerEnd: PeerEnd;
}

globalThis.peerEnd = createPeerEnd();
