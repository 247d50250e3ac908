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
  readonly reason:
    | 'forged'
    | 'wrong-recipient'
    | 'replayed'
    | 'out-of-order'
    | 'expired'
    | 'malformed'
    | 'excessive';
  /** Who it claimed to come from, as far as that can be said. */
  readonly did: string | undefined;
  readonly error: BonafideError;
}

/** Makes links, and keeps finding paths for them: direct ones, and relayed ones where both sides allow it. */
export interface Connector extends AsyncDisposable {
  /** Resolves once the gateway knows this agent as a peer; rejects with why it does not. */
  readonly registered: Promise<void>;
  /** Ends with it: disposed of, its session over, or CONFLICT because another took over; the reason is the BonafideError. */
  readonly signal: AbortSignal;
  /** The link to this DID, opened if there is none. Both calling at once end up with one. */
  connect(did: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<LinkedPeer>;
  /** Each new link, whoever opened it, before its first path is attached: nothing has arrived on it. */
  onLinked(listener: (peer: LinkedPeer) => void): () => void;
  onViolation(listener: (violation: Violation) => void): () => void;
}

export interface LinkedPeer {
  readonly identity: PeerIdentity;
  readonly link: Link;
}
