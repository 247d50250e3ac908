import { type FileHandle, open, readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { BonafideError } from '@bonafide/core/errors';
import type { Context } from './context.ts';

/** The text of a file that was named on the command line, or of standard input for `-`. */
export async function readDocument({ stdin }: Context, file: string): Promise<string> {
  if (file === '-') return text(stdin);
  return readFile(file, 'utf8').catch((cause: unknown) => fail(file, cause));
}

interface Chunk {
  readonly bytes: Uint8Array;
  /** All bytes up to the end of this chunk. */
  readonly position: number;
  /** Undefined where nobody knows: a pipe. */
  readonly size: number | undefined;
}

/** A file that may be larger than memory, chunk by chunk. */
export async function* streamDocument(context: Context, file: string): AsyncGenerator<Chunk> {
  if (file === '-') {
    yield* chunksOf(context.stdin, undefined);
    return;
  }
  const handle = await open(file).catch((cause: unknown) => fail(file, cause));
  try {
    const size = await sizeOf(handle);
    yield* chunksOf(handle.createReadStream({ highWaterMark: 1024 * 1024, autoClose: false }), size);
  } catch (cause) {
    fail(file, cause);
  } finally {
    await handle.close();
  }
}

async function sizeOf(handle: FileHandle): Promise<number | undefined> {
  const found = await handle.stat();
  return found.isFile() ? found.size : undefined;
}

async function* chunksOf(stream: Readable, size: number | undefined): AsyncGenerator<Chunk> {
  let position = 0;
  for await (const bytes of stream) {
    position += bytes.length;
    yield { bytes, position, size };
  }
}

function fail(file: string, cause: unknown): never {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'it cannot be read';
  throw new BonafideError('VALIDATION_FAILED', `${file}: ${reasons[reason] ?? reason}`, { cause });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file.',
  EACCES: 'it may not be read.',
  EISDIR: 'it is a folder.',
  ERR_STRING_TOO_LONG: 'it is too large to be read at once.',
  ERR_FS_FILE_TOO_LARGE: 'it is too large to be read at once.',
};
