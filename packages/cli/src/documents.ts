import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { BonafideError } from '@bonafide/core/errors';
import type { Context } from './context.ts';

/** The text of a file that was named on the command line, or of standard input for `-`. */
export async function readDocument({ stdin }: Context, file: string): Promise<string> {
  if (file === '-') return text(stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'it cannot be read';
    throw new BonafideError('VALIDATION_FAILED', `${file}: ${reasons[reason] ?? reason}`, { cause });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file.',
  EACCES: 'it may not be read.',
  EISDIR: 'it is a folder.',
  ERR_STRING_TOO_LONG: 'it is too large to be read at once.',
  ERR_FS_FILE_TOO_LARGE: 'it is too large to be read at once.',
};
