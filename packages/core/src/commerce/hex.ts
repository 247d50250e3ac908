import type { Hex } from 'viem';
import { ValidationError } from '../errors.ts';
import { hash32 } from '../models/common.ts';

const isHash = (text: string): text is Hex => hash32.safeParse(text).success;

/** The text as 32 bytes of hex; throws ValidationError when it is not. */
export function toHash(text: string): Hex {
  if (isHash(text)) return text;
  throw new ValidationError('Not a 32-byte hex value.', {
    issues: [{ path: '', message: 'must be a 32-byte hex value' }],
  });
}
