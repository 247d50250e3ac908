import type { CryptoBackend } from '../identity/backends/backend.ts';
import { toBase64 } from '../identity/bytes.ts';
import { refusal } from '../identity/refusal.ts';
import type { AuditCheckpoint } from '../models/audit.ts';
import { parseOrigin } from './origin.ts';
import { openNote, signNote } from './signed-note.ts';

/** The state of a log. */
export interface TreeHead {
  readonly origin: string;
  readonly size: number;
  readonly rootHash: Uint8Array;
}

/** Signs the state of a log as c2sp.org/tlog-checkpoint; `sign` is Ed25519 with the key that `origin` names. */
export function signCheckpoint(
  { origin, size, rootHash }: TreeHead,
  sign: (bytes: Uint8Array) => Uint8Array,
): AuditCheckpoint {
  const { publicKey } = parseOrigin(origin);
  const head = { origin, size, rootHash: toBase64(rootHash) };
  return { ...head, note: signNote(textOf(head), { name: origin, publicKey, sign }) };
}

/**
 * Throws unless the gateway that the checkpoint names signed exactly this. Whether it is the right gateway is for the
 * caller to know: pass `gatewayDid`.
 */
export async function verifyCheckpoint(
  checkpoint: AuditCheckpoint,
  {
    gatewayDid,
    backend,
  }: { readonly gatewayDid?: string | undefined; readonly backend?: CryptoBackend } = {},
): Promise<void> {
  const origin = parseOrigin(checkpoint.origin);
  if (gatewayDid !== undefined && gatewayDid !== origin.gatewayDid) {
    throw refusal('unknown-key', `The checkpoint is of ${origin.gatewayDid}, not of ${gatewayDid}.`);
  }
  const key = { name: checkpoint.origin, publicKey: origin.publicKey };
  if ((await openNote(checkpoint.note, key, backend)) !== textOf(checkpoint)) {
    throw refusal('malformed', 'The checkpoint says something else than the note that is signed.');
  }
}

function textOf({ origin, size, rootHash }: Omit<AuditCheckpoint, 'note'>): string {
  return `${origin}\n${size}\n${rootHash}\n`;
}
