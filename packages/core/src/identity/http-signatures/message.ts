import type { CryptoBackend, Verification } from '../backends/backend.ts';
import { toBase64 } from '../bytes.ts';
import type { Signer } from '../keys.ts';
import { refusal } from '../refusal.ts';
import { signatureFromBase64 } from '../signature-bytes.ts';
import { assertVerified } from '../verification.ts';
import { createComponentReader, type RequestTarget } from './components.ts';
import { createHeaderReader, type HeaderReader, type HeaderSource } from './headers.ts';
import { signatureBase } from './signature-base.ts';
import {
  formatSignatureParameters,
  parseSignatureInput,
  type SignatureInput,
  type SignatureParameters,
} from './signature-input.ts';

/** A request whose signature covers any components, outside our own request profile. */
export interface HttpMessage extends RequestTarget {
  readonly headers: HeaderSource;
}

export interface SignMessageOptions {
  readonly components: readonly string[];
  readonly parameters: SignatureParameters;
  /** Default `sig1`. */
  readonly label?: string;
}

export interface SignatureHeaders {
  readonly 'signature-input': string;
  readonly signature: string;
}

/** Signs any components of a request (RFC 9421 section 3.1) and returns the two headers to add. */
export async function signMessage(
  message: HttpMessage,
  { signer, components, parameters, label = 'sig1' }: SignMessageOptions & { readonly signer: Signer },
): Promise<SignatureHeaders> {
  const text = formatSignatureParameters(components, parameters);
  // What we would refuse to read we do not send.
  const input = parseSignatureInput(`${label}=${text}`);
  const base = signatureBase(input, createComponentReader(message, createHeaderReader(message.headers)));
  const signature = await signer.sign(base);
  return { 'signature-input': `${label}=${text}`, signature: `${label}=:${toBase64(signature)}:` };
}

export interface VerifyMessageOptions {
  readonly publicKey: Uint8Array;
  readonly backend?: CryptoBackend;
}

/**
 * Verifies the one signature of a request over whatever it covers (RFC 9421 section 3.2). Which components must be
 * covered, and whether the parameters are acceptable, the caller decides from what is returned.
 */
export async function verifyMessage(
  message: HttpMessage,
  { publicKey, backend }: VerifyMessageOptions,
): Promise<SignatureInput> {
  const header = createHeaderReader(message.headers);
  const input = readSignatureInput(header);
  const base = signatureBase(input, createComponentReader(message, header));
  const verification: Verification = {
    publicKey,
    message: base,
    signature: readSignature(header, input.label),
  };
  await assertVerified(verification, backend);
  return input;
}

export function readSignatureInput(header: HeaderReader): SignatureInput {
  const text = header('signature-input');
  if (text === undefined)
    throw refusal('missing-signature', 'The request is not signed: no Signature-Input header.');
  return parseSignatureInput(text);
}

const SIGNATURE = /^([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/=]*):$/;

export function readSignature(header: HeaderReader, label: string): Uint8Array {
  const text = header('signature');
  if (text === undefined)
    throw refusal('missing-signature', 'The request is not signed: no Signature header.');
  const match = SIGNATURE.exec(text);
  if (!match && text.includes(',')) throw refusal('multiple-signatures', 'Send exactly one signature.');
  if (match?.[1] !== label) throw refusal('malformed', `The Signature header holds no signature '${label}'.`);
  const signature = signatureFromBase64(match[2] ?? '');
  if (!signature) throw refusal('malformed', 'An Ed25519 signature is 64 bytes in base64.');
  return signature;
}
