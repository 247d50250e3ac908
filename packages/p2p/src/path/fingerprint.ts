import { BonafideError } from '@bonafide/core/errors';
import { sha256 } from '@bonafide/core/identity';

/** Every DTLS fingerprint of a description (RFC 8122) as `sha-256 ab:cd:…`. */
export function fingerprintsOf(sdp: string): readonly string[] {
  return Array.from(sdp.matchAll(/^a=fingerprint:(\S+) +(\S+)\s*$/gim), ([, hash, value]) =>
    `${hash} ${value}`.toLowerCase(),
  );
}

/**
 * Throws SIGNATURE_INVALID unless what the connection holds the peer to is what the peer signed: without it, somebody
 * else's certificate would be accepted. WebRTC itself refuses certificates of other fingerprints than those it was given.
 */
export function assertFingerprint(connection: RTCPeerConnection, signedSdp: string): void {
  const signed = new Set(fingerprintsOf(signedSdp));
  const used = fingerprintsOf(connection.remoteDescription?.sdp ?? '');
  if (signed.size === 0) throw mismatch('The signed description names no fingerprint.');
  if (used.length === 0) throw mismatch('The connection holds the peer to no fingerprint.');
  const certificates = isSha256(signed) ? certificateFingerprints(connection) : [];
  if (![...used, ...certificates].every((fingerprint) => signed.has(fingerprint))) {
    throw mismatch('The connection is not with the one who signed: the fingerprints differ.');
  }
}

// Browsers show the peer's certificates once connected; the polyfill shows empty ones. The first is the peer's own.
function certificateFingerprints({ sctp }: RTCPeerConnection): readonly string[] {
  const [certificate] = sctp?.transport?.getRemoteCertificates() ?? [];
  if (!certificate || certificate.byteLength === 0) return [];
  const digest = sha256(new Uint8Array(certificate));
  return [`sha-256 ${Array.from(digest, toHex).join(':')}`];
}

function isSha256(fingerprints: ReadonlySet<string>): boolean {
  return [...fingerprints].some((fingerprint) => fingerprint.startsWith('sha-256 '));
}

function toHex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

function mismatch(message: string): BonafideError {
  return new BonafideError('SIGNATURE_INVALID', message, { details: { reason: 'fingerprint' } });
}
