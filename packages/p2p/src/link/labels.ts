import { ValidationError } from '@bonafide/core/errors';
import { decodeText, encodeText } from './frames.ts';
import { MAX_LABEL_BYTES } from './limits.ts';
import { broken } from './problems.ts';

const RULE = `must have 1 to ${MAX_LABEL_BYTES} bytes`;

/** Throws VALIDATION_FAILED. */
export function encodeLabel(label: string): Uint8Array {
  const bytes = encodeText(label);
  if (fits(bytes)) return bytes;
  throw new ValidationError(`A label ${RULE}.`, { issues: [{ path: 'label', message: RULE }] });
}

export function decodeLabel(bytes: Uint8Array): string {
  if (!fits(bytes)) throw broken('a label has no right size');
  return decodeText(bytes);
}

function fits(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.length <= MAX_LABEL_BYTES;
}
