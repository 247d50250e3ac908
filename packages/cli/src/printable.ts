// Control characters and the marks that reorder text: with them a stranger's text could hide what an approver reads.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const toEscape = (character: string): string =>
  [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');

/** A stranger's text as one line that a terminal shows as it is. */
export function printable(text: string): string {
  return text.replace(UNSAFE, toEscape);
}

/** JSON that a terminal shows as it is, and that still parses to the same value. */
export function printableJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, undefined, indent) ?? 'null';
  return text.replace(UNSAFE, (character) => (character === '\n' ? character : toEscape(character)));
}
