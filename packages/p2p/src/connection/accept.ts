import type { PeersOptions } from '../network/types.ts';
import type { PeerIdentity } from './connector.ts';

export type Accept = (peer: PeerIdentity) => Promise<boolean>;

/** Who may connect; a policy that throws lets nobody in. */
export function createAccept(accept: PeersOptions['accept'], ownWorkspace: () => string): Accept {
  return async (peer) => {
    if (accept === 'anyone') return true;
    if (accept === undefined || accept === 'workspace') return peer.workspace === ownWorkspace();
    return accept(peer);
  };
}
