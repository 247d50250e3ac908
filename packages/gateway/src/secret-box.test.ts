import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createSecretBox } from './secret-box.ts';

const seed = randomBytes(32);
const box = createSecretBox(seed);

it('opens what it sealed, also after a restart with the same key', () => {
  expect(createSecretBox(seed).open(box.seal('whsec_ä', 'row 1'), 'row 1')).toBe('whsec_ä');
});

it('seals the same secret differently each time, and shows nothing of it', () => {
  const sealed = [box.seal('secret', 'row'), box.seal('secret', 'row')];
  expect(sealed[0]).not.toBe(sealed[1]);
  expect(Buffer.from(sealed[0] ?? '', 'base64url').toString('latin1')).not.toContain('secret');
});

it('opens nothing with another key, in another row, or changed in any byte', () => {
  const sealed = box.seal('secret', 'row 1');
  expect(() => createSecretBox(randomBytes(32)).open(sealed, 'row 1')).toThrow('does not open');
  expect(() => box.open(sealed, 'row 2')).toThrow('does not open');
  const bytes = Buffer.from(sealed, 'base64url');
  for (let index = 0; index < bytes.length; index++) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(() => box.open(changed.toString('base64url'), 'row 1')).toThrow('does not open');
    expect(() => box.open(bytes.subarray(0, index).toString('base64url'), 'row 1')).toThrow('does not open');
  }
});
