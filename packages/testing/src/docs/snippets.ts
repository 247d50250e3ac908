const FENCE = /^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm;

export interface Snippet {
  readonly code: string;
  /** What follows the language on the opening fence. */
  readonly mark: string;
}

/** The TypeScript blocks of a Markdown document. */
export function snippetsOf(markdown: string): readonly Snippet[] {
  return [...markdown.matchAll(FENCE)]
    .filter(([, language]) => language === 'ts')
    .map(([, , mark = '', code = '']) => ({ mark: mark.trim(), code }));
}
