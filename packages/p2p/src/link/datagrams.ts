import { BonafideError } from '@bonafide/core/errors';
import { encodeDatagram } from './frames.ts';
import { encodeLabel } from './labels.ts';
import { MAX_DATAGRAM_BYTES } from './limits.ts';

/** Throws PAYLOAD_TOO_LARGE. */
export function encodeOutgoingDatagram(label: string, bytes: Uint8Array): Uint8Array {
  if (bytes.length <= MAX_DATAGRAM_BYTES) return encodeDatagram(encodeLabel(label), bytes);
  throw new BonafideError('PAYLOAD_TOO_LARGE', `A datagram has at most ${MAX_DATAGRAM_BYTES} bytes.`, {
    details: { bytes: bytes.length },
  });
}
