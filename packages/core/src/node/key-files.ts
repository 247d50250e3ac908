import { homedir } from 'node:os';
import { join } from 'node:path';
import { BonafideError } from '../errors.ts';
import { createKeyPair, type KeyPair } from '../identity/keys.ts';
import { name as agentName } from '../models/common.ts';
import { createPrivateFile, readPrivateFile } from './exclusive-file.ts';
import { formatKeyFile, keyFileError, parseKeyFile } from './key-file-format.ts';

export interface KeyFileOptions {
  /** Default `~/.bonafide/agents`. */
  readonly directory?: string | undefined;
  /** Encrypts a new file, opens an encrypted one, and refuses one that is not encrypted. */
  readonly passphrase?: string | undefined;
}

/** A key pair, where it is kept, and whether this call made it. */
export interface KeyFile {
  readonly keyPair: KeyPair;
  readonly path: string;
  readonly isNew: boolean;
}

/** Where the key of an agent is kept; refuses what is no agent name, so no path can be built from one. */
export function keyFilePath(name: string, { directory }: KeyFileOptions = {}): string {
  const { error } = agentName.safeParse(name);
  if (error) throw keyFileError('bad-name', `'${name}' is no agent name: it ${error.issues[0]?.message}.`);
  return join(directory ?? join(homedir(), '.bonafide', 'agents'), `${name}.json`);
}

/**
 * The key of an agent from `<directory>/<name>.json`, made at the first call. Processes that race to make it end with
 * one key. A file that exists is never overwritten or deleted, whatever is wrong with it.
 */
export async function loadOrCreateKeyFile(name: string, options: KeyFileOptions = {}): Promise<KeyFile> {
  const path = keyFilePath(name, options);
  if (options.passphrase === '')
    throw keyFileError('empty-passphrase', 'The passphrase is empty. Omit it, or give one.');
  const existing = await readKeyFile(path, options);
  if (existing) return { keyPair: existing, path, isNew: false };
  const keyPair = createKeyPair();
  if (await writeKeyFile(keyPair, { path, passphrase: options.passphrase }))
    return { keyPair, path, isNew: true };
  return { keyPair: await loadKeyFile(name, options), path, isNew: false };
}

/** The key of an agent whose file must exist. */
export async function loadKeyFile(name: string, options: KeyFileOptions = {}): Promise<KeyPair> {
  const path = keyFilePath(name, options);
  const keyPair = await readKeyFile(path, options);
  if (!keyPair) throw new BonafideError('NOT_FOUND', `There is no key file ${path}.`, { details: { path } });
  return keyPair;
}

async function readKeyFile(path: string, { passphrase }: KeyFileOptions): Promise<KeyPair | undefined> {
  const text = await readPrivateFile(path).catch(inaccessible(path));
  return text === undefined ? undefined : parseKeyFile(text, { passphrase, path });
}

async function writeKeyFile(
  keyPair: KeyPair,
  { path, passphrase }: { path: string; passphrase: string | undefined },
): Promise<boolean> {
  const text = await formatKeyFile(keyPair, { passphrase, now: new Date() });
  return createPrivateFile(path, text).catch(inaccessible(path));
}

function inaccessible(path: string): (cause: unknown) => never {
  return (cause) => {
    if (BonafideError.is(cause)) throw cause;
    throw keyFileError('inaccessible', `The key file ${path} cannot be read or written.`, cause);
  };
}
