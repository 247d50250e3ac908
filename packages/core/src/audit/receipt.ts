import type { CryptoBackend } from '../identity/backends/backend.ts';
import { type Bytes, toUtf8 } from '../identity/bytes.ts';
import { refusal } from '../identity/refusal.ts';
import { signatureFromBase64Url } from '../identity/signature-bytes.ts';
import { assertVerified } from '../identity/verification.ts';
import type { AuditReceipt } from '../models/audit.ts';
import { parseOrigin } from './origin.ts';

/** The bytes a receipt's signature is over: its kind, then canonical JSON (RFC 8785) of what it promises. */
export function receiptSigningBytes({
  at,
  leafHash,
  origin,
  sequence,
}: Omit<AuditReceipt, 'signature'>): Bytes {
  return toUtf8(`bonafide:audit-receipt:v1\n${JSON.stringify({ at, leafHash, origin, sequence })}`);
}

/** Throws unless the gateway that the receipt names signed it, and it is `gatewayDid` when that is given. */
export async function verifyReceipt(
  receipt: AuditReceipt,
  {
    gatewayDid,
    backend,
  }: { readonly gatewayDid?: string | undefined; readonly backend?: CryptoBackend } = {},
): Promise<void> {
  const origin = parseOrigin(receipt.origin);
  if (gatewayDid !== undefined && gatewayDid !== origin.gatewayDid) {
    throw refusal('unknown-key', `The receipt is of ${origin.gatewayDid}, not of ${gatewayDid}.`);
  }
  const signature = signatureFromBase64Url(receipt.signature);
  if (!signature) throw refusal('malformed', 'The signature of a receipt is 64 bytes in base64url.');
  await assertVerified(
    { publicKey: origin.publicKey, message: receiptSigningBytes(receipt), signature },
    backend,
  );
}
