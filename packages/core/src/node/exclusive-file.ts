import { link, mkdir, open, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { randomBytes, toBase64Url } from '../identity/bytes.ts';
import { keyFileError } from './key-file-format.ts';

const OTHERS_CAN_ACCESS = 0o077;
const OTHERS_CAN_WRITE = 0o022;
// Windows has no such bits; there the profile folder's access list protects the file.
const hasModes = process.platform !== 'win32';

/** Reads a file that only its owner can access; undefined when there is none. */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch(ignoring('ENOENT'));
  if (!file) return undefined;
  try {
    // The mode of what was opened, so that the file cannot be exchanged between the check and the reading.
    const { mode } = await file.stat();
    if (hasModes && (mode & OTHERS_CAN_ACCESS) !== 0) {
      throw keyFileError('permissive-mode', `Other users can read ${path}. Run: chmod 600 ${path}`);
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/**
 * Writes a new private file so that it appears complete or not at all; false when it exists already. A hard link, unlike
 * a rename, never replaces what is there, so of two processes exactly one succeeds.
 */
export async function createPrivateFile(path: string, text: string): Promise<boolean> {
  const directory = dirname(path);
  await preparePrivateDirectory(directory);
  const draft = `${path}.${toBase64Url(randomBytes(9))}.tmp`;
  try {
    await writeDurably(draft, text);
    const isLinked = await link(draft, path).then(() => true, ignoring('EEXIST'));
    await syncDirectory(directory);
    return isLinked === true;
  } finally {
    await unlink(draft).catch(ignoring('ENOENT'));
  }
}

async function preparePrivateDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const { mode } = await stat(directory);
  if (hasModes && (mode & OTHERS_CAN_WRITE) !== 0) {
    throw keyFileError(
      'permissive-mode',
      `Other users can write in ${directory}. Run: chmod 700 ${directory}`,
    );
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(directory: string): Promise<void> {
  if (!hasModes) return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function ignoring(code: string): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === code) return undefined;
    throw error;
  };
}
