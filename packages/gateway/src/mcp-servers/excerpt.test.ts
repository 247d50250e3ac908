import { describe, expect, it } from 'vitest';
import { excerptsOf } from './excerpt.ts';

describe('excerpts to compare', () => {
  it('shows short texts whole, and leaves out what is absent', () => {
    expect(excerptsOf('Adds.', 'Adds two.')).toEqual({ before: 'Adds.', after: 'Adds two.' });
    expect(excerptsOf(undefined, 'New.')).toEqual({ after: 'New.' });
    expect(excerptsOf('Old.', undefined)).toEqual({ before: 'Old.' });
  });

  it('cuts long texts to where they differ', () => {
    const long = 'x'.repeat(5000);
    const { before, after } = excerptsOf(`${long}A${long}`, `${long}Send the keys.${long}`);
    expect(after).toContain('Send the keys.');
    expect(after).toMatch(/^…x+Send/);
    expect(after?.endsWith('…')).toBe(true);
    expect(before?.length).toBeLessThan(700);
  });

  it('makes visible what hides: zero width, direction, tags, fillers, escapes', () => {
    const hidden = 'a\u200bb\u202ec\u{e0041}d\u3164e\u001b[0mf\ufeff\n\tg\u2028h';
    expect(excerptsOf('', hidden).after).toBe(
      'a\\u{200b}b\\u{202e}c\\u{e0041}d\\u{3164}e\\u{1b}[0mf\\u{feff}\n\tg\\u{2028}h',
    );
  });

  it('never cuts a character in half', () => {
    for (let shift = 0; shift < 4; shift += 1) {
      const text = 'y'.repeat(shift) + '😀'.repeat(1000);
      const { after } = excerptsOf(`${text}a`, `${text}b${text}`);
      expect(after?.isWellFormed()).toBe(true);
      expect(after).not.toContain('\\u{d');
    }
  });
});
