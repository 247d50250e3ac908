import type { BonafideError } from '@bonafide/core';
import type { PeerMessage } from '@bonafide/core/models';
import type { Path, PathKind } from '../path/path.ts';

/** Bytes of one stream that its reader has not taken; its writer waits at this. */
export const STREAM_WINDOW_BYTES = 262_144;

/**
 * What holds between two peers while paths come and go: messages and streams arrive once, in order, whatever happens to
 * the path, until the link closes. Numbered and acknowledged frames; what is not acknowledged is sent again on the next path.
 */
export interface Link {
  /** The same on both sides; in the first offer. */
  readonly linkId: string;
  readonly state: 'connected' | 'suspended' | 'closed';
  /** Undefined while it is suspended. */
  readonly path: PathKind | undefined;
  /** Goes on over this open path; an older one is closed once both sides use this one. The caller's newest wins. */
  attach(path: Path): void;
  /** Ends it for both sides, at once here. */
  close(error?: BonafideError): void;
  /** Ends with the link; the reason is the BonafideError. */
  readonly signal: AbortSignal;
  /** Called with each change of `state` or `path`. */
  onChange(listener: () => void): () => void;
  /** Queued while it is suspended; throws the reason once it is closed, LIMIT_EXCEEDED when too much waits. */
  send(message: PeerMessage): void;
  /** What comes before anybody listens is kept for the first. A listener that throws ends the link. */
  onMessage(listener: (message: PeerMessage) => void): () => void;
  /** Both directions at once; the other side gets it from `onStream` with its label. */
  openStream(label: string): LinkStream;
  /** Streams that nobody takes are refused; whoever takes one reads or aborts it. Messages may overtake its bytes. */
  onStream(listener: (stream: LinkStream) => boolean): () => void;
  /** At most once, at most 16,128 bytes; dropped while it is suspended. */
  sendDatagram(label: string, bytes: Uint8Array): void;
  onDatagram(listener: (label: string, bytes: Uint8Array) => void): () => void;
}

/** Bytes both ways, each with its own window: a slow reader holds up nobody but its writer. */
export interface LinkStream {
  readonly label: string;
  /** Resolves when there is room for more; the bytes are the caller's again. Any size. Rejects when either side gave up. */
  write(bytes: Uint8Array): Promise<void>;
  /** Nothing more from here; resolves once the other side has everything. */
  end(): Promise<void>;
  /** What the other side writes; throws when either side gave up before its end. Reading makes room. One reader; leaving early aborts. */
  readonly readable: AsyncIterable<Uint8Array>;
  /** Gives up both directions. */
  abort(error: BonafideError): void;
}
