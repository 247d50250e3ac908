import { type Bytes, toUtf8 } from '../bytes.ts';
import { refusal } from '../refusal.ts';
import type { ComponentReader } from './components.ts';

// A line break in a value would forge further lines of the base; the rest cannot be sent in a header at all.
const UNSAFE = /[^\t\x20-\x7e]/;

/** The bytes that are signed (RFC 9421 section 2.5). `parameters` is the `@signature-params` text, as received. */
export function signatureBase(
  { components, text }: { readonly components: readonly string[]; readonly text: string },
  read: ComponentReader,
): Bytes {
  let base = '';
  for (const name of components) {
    const value = read(name);
    if (value === undefined)
      throw refusal('missing-component', `The signature covers '${name}', which is not there.`);
    if (UNSAFE.test(value))
      throw refusal('malformed', `The value of '${name}' has characters that cannot be signed.`);
    base += `"${name}": ${value}\n`;
  }
  return toUtf8(`${base}"@signature-params": ${text}`);
}
