/** What WinAnsiEncoding, the encoding of the built-in fonts, has beyond Latin-1. */
const WINDOWS_1252 = new Set('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ');

const MAX_CHARACTERS = 600;

/**
 * Text as the built-in fonts can show it. What they lack, and what would change the look of its neighbours (controls,
 * bidirectional marks), is shown by its number, so that no two texts look the same.
 */
export function printable(text: string): string {
  const characters = Array.from(text.replace(/[\r\n\t]+/g, ' '));
  const shown = characters.slice(0, MAX_CHARACTERS).map(toPrintable).join('');
  return characters.length > MAX_CHARACTERS ? `${shown}…` : shown;
}

function toPrintable(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const isAscii = code >= 0x20 && code <= 0x7e;
  // 0xad is the soft hyphen, which is not seen.
  const isLatin = code >= 0xa1 && code <= 0xff && code !== 0xad;
  if (isAscii || isLatin || WINDOWS_1252.has(character)) return character;
  return `\\u{${code.toString(16).toUpperCase()}}`;
}
