const MAX_CHARACTERS = 600;
const LEAD_CHARACTERS = 120;

/**
 * Two texts for a person to compare: cut to where they differ, with what cannot be seen made visible, because hidden
 * characters are how instructions are smuggled into descriptions.
 */
export function excerptsOf(
  before: string | undefined,
  after: string | undefined,
): { before?: string; after?: string } {
  const start = Math.max(0, firstDifference(before, after) - LEAD_CHARACTERS);
  return {
    ...(before === undefined ? {} : { before: excerpt(before, start) }),
    ...(after === undefined ? {} : { after: excerpt(after, start) }),
  };
}

function firstDifference(before: string | undefined, after: string | undefined): number {
  // Absent or whole inside the limit: shown from its beginning.
  if (before === undefined || after === undefined) return 0;
  if (Math.max(before.length, after.length) <= MAX_CHARACTERS) return 0;
  let index = 0;
  while (index < before.length && before[index] === after[index]) index += 1;
  return index;
}

function excerpt(text: string, start: number): string {
  const from = isLowSurrogate(text, start) ? start + 1 : start;
  const end = Math.min(text.length, from + MAX_CHARACTERS);
  const to = isLowSurrogate(text, end) ? end - 1 : end;
  return `${from > 0 ? '…' : ''}${reveal(text.slice(from, to))}${to < text.length ? '…' : ''}`;
}

function isLowSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** Control, format, private, unassigned and invisible characters as `\u{…}`; line breaks and tabs stay. */
function reveal(text: string): string {
  return text.replace(/\p{C}|\p{Zl}|\p{Zp}|\p{Default_Ignorable_Code_Point}/gu, (character) =>
    character === '\n' || character === '\t'
      ? character
      : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
