import { describe, expect, it } from 'vitest';
import { linesOf } from './lines.ts';

async function list(chunks: Iterable<Uint8Array | string>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(chunks)) lines.push(line);
  return lines;
}

describe('the lines of an export', () => {
  it('are the same however the file was cut into chunks', async () => {
    const text = '{"a":"ü \u{1F468}\u200D\u{1F469}"}\n\n{"b":1}\n';
    const bytes = new TextEncoder().encode(text);
    for (let size = 1; size <= bytes.length; size++) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      expect(await list(chunks)).toEqual(text.split('\n').slice(0, -1));
    }
  });

  it('end at LF and CRLF, not where other readers see a line', async () => {
    const odd = '"a\u2028b\u2029c\u0085d\re"';
    expect(await list([`${odd}\r\n`, odd])).toEqual([odd, odd]);
  });

  it('are none of an empty file, and bounded in one that never ends a line', async () => {
    expect(await list([])).toEqual([]);
    expect(await list([''])).toEqual([]);
    const chunk = 'x'.repeat(1024 * 1024);
    const [line = '', next] = await list([...Array.from({ length: 40 }, () => chunk), '\nnext']);
    expect([line.length, next]).toEqual([16 * 1024 * 1024, 'next']);
  });
});
