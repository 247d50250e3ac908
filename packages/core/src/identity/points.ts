import { fromHex } from './bytes.ts';

export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;
export const SEED_BYTES = 32;

// The y coordinates of the eight points whose order divides 8, little-endian, without the sign bit of x.
const smallOrderY = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map(fromHex);

const groupOrder = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

/**
 * Whether an encoded Ed25519 point (32 bytes) has small order or y >= p, which RFC 8032 section 5.1.3 forbids. Under
 * such a public key one signature fits many messages, and libraries disagree about which.
 */
export function isWeakPublicKey(point: Uint8Array): boolean {
  return isBeyondField(point) || smallOrderY.some((y) => hasY(point, y));
}

// Both run twice per verification, so they compare in place. The top bit of the last byte is the sign of x.
function hasY(point: Uint8Array, y: Uint8Array): boolean {
  for (let index = 0; index < 31; index++) if (point[index] !== y[index]) return false;
  return lastWithoutSign(point) === y[31];
}

// p is 2^255 - 19: little-endian ed, thirty times ff, 7f.
function isBeyondField(point: Uint8Array): boolean {
  if (lastWithoutSign(point) !== 0x7f || (point[0] ?? 0) < 0xed) return false;
  for (let index = 1; index < 31; index++) if (point[index] !== 0xff) return false;
  return true;
}

function lastWithoutSign(point: Uint8Array): number {
  return (point[31] ?? 0) & 0x7f;
}

/** Whether the scalar S of a signature is below the group order L (RFC 8032 section 5.1.7). */
export function isCanonicalScalar(scalar: Uint8Array): boolean {
  return isLess(scalar, groupOrder);
}

function isLess(a: Uint8Array, b: Uint8Array): boolean {
  for (let index = 31; index >= 0; index--) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
