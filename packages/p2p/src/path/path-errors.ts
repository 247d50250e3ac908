import { BonafideError, ConnectionError } from '@bonafide/core/errors';
import { MAX_PACKET_BYTES } from './path.ts';

/** Of `send` on a path that is over, or not open yet. */
export function pathNotOpen(): BonafideError {
  return new BonafideError('UNAVAILABLE', 'This path to the peer is not open.', {
    details: { reason: 'path-not-open' },
  });
}

/** The other end closed it, and could say so. */
export function closedByPeer(): BonafideError {
  return new BonafideError('UNAVAILABLE', 'The peer closed this path.', {
    details: { reason: 'closed-by-peer' },
  });
}

/** It broke; another path may work. */
export function pathLost(message: string, cause?: unknown): BonafideError {
  return new ConnectionError(message, { details: { reason: 'path-lost' }, cause });
}

/** The peer speaks another protocol, or means harm. */
export function malformedPacket(): BonafideError {
  return new BonafideError('VALIDATION_FAILED', 'The peer sent what is no packet.', {
    details: { reason: 'malformed' },
  });
}

/** Throws PAYLOAD_TOO_LARGE for what no path carries. */
export function assertPacketSize(packet: Uint8Array): void {
  if (packet.length <= MAX_PACKET_BYTES) return;
  throw new BonafideError('PAYLOAD_TOO_LARGE', `A packet has at most ${MAX_PACKET_BYTES} bytes.`, {
    details: { bytes: packet.length },
  });
}
