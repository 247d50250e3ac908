import type { BonafideError } from '@bonafide/core';
import type { Link } from '../link/link.ts';

/** Who is at the other end: the key is proven by its signature, the rest is what the gateway knows of it. */
export interface PeerIdentity {
  readonly did: string;
  readonly agentId: string;
  readonly workspace: string;
}

/** Somebody between, or a peer, did what no honest one does. */
export interface Violation {
  readonly reason: 'forged' | 'wrong-recipient' | 'replayed' | 'out-of-order' | 'expired' | 'malformed';
  /** Who it claimed to come from, as far as that can be said. */
  readonly did: string | undefined;
  readonly error: BonafideError;
}

/** Makes links, and keeps finding paths for them: direct ones, and relayed ones where both sides allow it. */
export interface Connector extends AsyncDisposable {
  /** The link to this DID, opened if there is none. Both calling at once end up with one. */
  connect(did: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<LinkedPeer>;
  /** Links that others opened, after they were accepted; called before anything arrives on them. */
  onLinked(listener: (peer: LinkedPeer) => void): () => void;
  onViolation(listener: (violation: Violation) => void): () => void;
}

export interface LinkedPeer {
  readonly identity: PeerIdentity;
  readonly link: Link;
}
