import { toUtf8 } from '../bytes.ts';
import { sha256Base64 } from '../sha256.ts';

export type Body = Uint8Array | string;

export function bodyBytes(body: Body | undefined): Uint8Array {
  return typeof body === 'string' ? toUtf8(body) : (body ?? new Uint8Array());
}

/** The `Content-Digest` header (RFC 9530) of a body, with SHA-256. */
export function contentDigest(body: Uint8Array): string {
  return `sha-256=:${sha256Base64(body)}:`;
}

/** Whether a received `Content-Digest` names the SHA-256 of the body, alone or beside other algorithms. */
export function matchesContentDigest(header: string, body: Uint8Array): boolean {
  const expected = contentDigest(body);
  if (header === expected) return true;
  const members = header.split(',').map((member) => member.trim());
  const sha256Members = members.filter((member) => member.startsWith('sha-256='));
  return sha256Members.length === 1 && sha256Members[0] === expected;
}
