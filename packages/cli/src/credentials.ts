import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BonafideError } from '@bonafide/core/errors';
import { z } from 'zod';

const credentialsFile = z.strictObject({
  version: z.literal(1),
  gateways: z.record(z.string(), z.strictObject({ token: z.string().min(1) })),
});
type CredentialsFile = z.infer<typeof credentialsFile>;

const isWindows = process.platform === 'win32';

/** Where the tokens of people are kept, by gateway. */
export const credentialsPath = (home: string): string => join(home, '.bonafide', 'credentials.json');

const originOf = (url: string): string => new URL(url).origin;

const unusable = (path: string, why: string): BonafideError =>
  new BonafideError('VALIDATION_FAILED', `${path} ${why}`, { details: { path } });

async function readText(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    if (!isWindows && (mode & 0o077) !== 0) {
      throw unusable(path, 'can be read by others. Make new tokens, then `chmod 600` it.');
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readCredentials(path: string): Promise<CredentialsFile> {
  const text = await readText(path);
  if (text === undefined) return { version: 1, gateways: {} };
  try {
    return credentialsFile.parse(JSON.parse(text));
  } catch {
    // The cause would quote the file, and so a token.
    throw unusable(path, 'is not a credentials file. Move it away and sign in again.');
  }
}

/** The token kept for a gateway. */
export async function loadToken(home: string, url: string): Promise<string | undefined> {
  const { gateways } = await readCredentials(credentialsPath(home));
  return Object.hasOwn(gateways, originOf(url)) ? gateways[originOf(url)]?.token : undefined;
}

/** Keeps a token, readable by its owner only; replaces the file in one step. */
export async function saveToken(
  home: string,
  entry: { readonly url: string; readonly token: string },
): Promise<string> {
  const path = credentialsPath(home);
  const known = await readCredentials(path);
  return write(path, { ...known.gateways, [originOf(entry.url)]: { token: entry.token } });
}

/** Forgets the token of a gateway; false when there was none. */
export async function removeToken(home: string, url: string): Promise<boolean> {
  const path = credentialsPath(home);
  const { gateways } = await readCredentials(path);
  const { [originOf(url)]: removed, ...others } = gateways;
  if (removed === undefined) return false;
  await write(path, others);
  return true;
}

async function write(path: string, gateways: CredentialsFile['gateways']): Promise<string> {
  const temporary = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await rm(temporary, { force: true });
  await writeFile(temporary, `${JSON.stringify({ version: 1, gateways }, undefined, 2)}\n`, {
    mode: 0o600,
    flag: 'wx',
  });
  await chmod(temporary, 0o600);
  await rename(temporary, path);
  return path;
}
