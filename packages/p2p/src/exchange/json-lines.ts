import { BonafideError } from '@bonafide/core';
import type { LinkStream } from '../link/link.ts';

/** Largest value that is streamed in one piece, as JSON text. */
export const MAX_LINE_BYTES = 1_048_576;

const NEWLINE = 10;

/** Writes one value as a line of JSON; waits for the reader. */
export function writeLine(stream: Pick<LinkStream, 'write'>, value: unknown): Promise<void> {
  const line = new TextEncoder().encode(`${JSON.stringify(value)}\n`);
  if (line.length <= MAX_LINE_BYTES) return stream.write(line);
  throw new BonafideError(
    'PAYLOAD_TOO_LARGE',
    `A streamed value may have ${MAX_LINE_BYTES} bytes of JSON; send bytes, or smaller values.`,
  );
}

/** Makes the error of a stream that is no lines of JSON. */
type ToError = (what: string) => BonafideError;

/** The values that `writeLine` wrote, unchecked. Holds one line at a time. */
export async function* readLines(
  readable: AsyncIterable<Uint8Array>,
  toError: ToError,
): AsyncGenerator<unknown> {
  let parts: Uint8Array[] = [];
  let size = 0;
  const keep = (part: Uint8Array): void => {
    size += part.length;
    if (size > MAX_LINE_BYTES) throw toError(`a line of more than ${MAX_LINE_BYTES} bytes`);
    parts.push(part);
  };
  for await (const bytes of readable) {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      keep(bytes.subarray(start, end));
      yield parse(parts, toError);
      [parts, size, start] = [[], 0, end + 1];
    }
    keep(bytes.subarray(start));
  }
  if (size > 0) throw toError('an unfinished line');
}

function parse(parts: readonly Uint8Array[], toError: ToError): unknown {
  const decoder = new TextDecoder();
  const text = parts.map((part) => decoder.decode(part, { stream: true })).join('') + decoder.decode();
  try {
    return JSON.parse(text);
  } catch {
    // The error would quote the peer.
    throw toError('what is no JSON');
  }
}
