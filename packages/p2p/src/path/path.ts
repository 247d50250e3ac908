import type { BonafideError } from '@bonafide/core';

/** Largest packet of any path; WebRTC stacks differ in what they take above. */
export const MAX_PACKET_BYTES = 16_384;
/** A path with more than this waiting takes nothing that can wait. */
export const HIGH_WATER_BYTES = 262_144;
/** Once no more than this waits, it says so. */
export const LOW_WATER_BYTES = 65_536;

/** `relayed`: through the gateway, sealed. */
export type PathKind = 'direct' | 'relayed';

/**
 * One way to a peer for as long as it lasts. Both ends are authenticated and what is sent is private before a path exists.
 * Packets arrive whole and in order; those under way when it closes may be lost, so a link above numbers them.
 */
export interface Path {
  readonly kind: PathKind;
  readonly isOpen: boolean;
  /** Bytes that were sent and not yet handed to the network. */
  readonly bufferedBytes: number;
  /** At most MAX_PACKET_BYTES, copied: its memory is the caller's again. Throws UNAVAILABLE when it is closed. */
  send(packet: Uint8Array): void;
  /** Apart from all others: may arrive late, twice never, or not at all. */
  sendDatagram(packet: Uint8Array): void;
  close(): void;
  /** Set once, before anything can arrive; what comes earlier is kept for it. */
  listen(listener: PathListener): void;
}

export interface PathListener {
  onPacket(packet: Uint8Array): void;
  onDatagram(packet: Uint8Array): void;
  /** `bufferedBytes` fell to LOW_WATER_BYTES. */
  onDrain(): void;
  /** Once; undefined when it was closed here. */
  onClose(error: BonafideError | undefined): void;
}
