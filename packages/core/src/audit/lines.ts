/** No line of an export comes near; without a bound a file without line breaks would fill the memory. */
const MAX_LINE_CHARACTERS = 16 * 1024 * 1024;

type Chunks = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

/**
 * The lines of an export, from a file or a response as it arrives. They end with LF or CRLF and nowhere else: `readline` of
 * Node also splits at U+2028, which JSON leaves as it is. What a line has over 16 Mi characters is dropped.
 */
export async function* linesOf(chunks: Chunks): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let open = '';
  for await (const chunk of chunks) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      yield withoutReturn(open + text.slice(start, end));
      open = '';
      start = end + 1;
    }
    if (open.length < MAX_LINE_CHARACTERS) open += text.slice(start);
  }
  open += decoder.decode();
  if (open !== '') yield open;
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);
