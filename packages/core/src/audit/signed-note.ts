import type { CryptoBackend } from '../identity/backends/backend.ts';
import { bytesEqual, concatBytes, fromBase64, toBase64, toUtf8 } from '../identity/bytes.ts';
import { refusal } from '../identity/refusal.ts';
import { sha256 } from '../identity/sha256.ts';
import { assertVerified } from '../identity/verification.ts';

/** Ed25519, as c2sp.org/signed-note numbers the kinds of signature. */
const ED25519 = 0x01;
const KEY_ID_BYTES = 4;
const MAX_NOTE_CHARACTERS = 65_536;
const SIGNATURE_LINE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;

/** A key that signs notes, by the name it has there. */
export interface NoteKey {
  readonly name: string;
  /** Raw Ed25519. */
  readonly publicKey: Uint8Array;
}

/** Signs a text (c2sp.org/signed-note); the text ends with a line break. */
export function signNote(
  text: string,
  { sign, ...key }: NoteKey & { sign(bytes: Uint8Array): Uint8Array },
): string {
  const signature = concatBytes(keyIdOf(key), sign(toUtf8(text)));
  return `${text}\n\u2014 ${key.name} ${toBase64(signature)}\n`;
}

/** The text of a note that this key signed; signatures of others are ignored, as the specification says. */
export async function openNote(note: string, key: NoteKey, backend?: CryptoBackend): Promise<string> {
  const { text, signatures } = splitNote(note);
  const own = signatures
    .filter(({ name }) => name === key.name)
    .map(({ encoded }) => fromBase64(encoded))
    .filter((bytes) => bytesEqual(bytes.subarray(0, KEY_ID_BYTES), keyIdOf(key)));
  if (own.length === 0) throw refusal('missing-signature', `The note is not signed by ${key.name}.`);
  const message = toUtf8(text);
  for (const bytes of own) {
    const verification = { publicKey: key.publicKey, message, signature: bytes.subarray(KEY_ID_BYTES) };
    await assertVerified(verification, backend);
  }
  return text;
}

function keyIdOf({ name, publicKey }: NoteKey): Uint8Array {
  return sha256(concatBytes(toUtf8(`${name}\n`), Uint8Array.of(ED25519), publicKey)).subarray(
    0,
    KEY_ID_BYTES,
  );
}

function splitNote(note: string): {
  readonly text: string;
  readonly signatures: readonly { readonly name: string; readonly encoded: string }[];
} {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || note.length > MAX_NOTE_CHARACTERS || !note.endsWith('\n') || hasControls(note))
    throw malformed();
  const lines = note.slice(end + 2, -1).split('\n');
  const signatures = lines.map((line) => {
    const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? [];
    if (name === undefined || encoded === undefined) throw malformed();
    return { name, encoded };
  });
  return { text: note.slice(0, end + 1), signatures };
}

function hasControls(note: string): boolean {
  return !note.isWellFormed() || /[^\P{Cc}\n]/u.test(note);
}

function malformed(): Error {
  return refusal('malformed', 'Not a signed note: expected a text, an empty line and signatures.');
}
