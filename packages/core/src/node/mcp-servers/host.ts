import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { BonafideError } from '../../errors.ts';
import type { Environment } from '../settings.ts';

/** The machine whose configuration is read; a value, so that every system can be tried on one. */
export interface Host {
  readonly platform: string;
  readonly home: string;
  readonly cwd: string;
  /** `locationVariables` say where files are; the others fill `${NAME}` in what is started. */
  readonly env: Environment;
  /** The text of a file; rejects as `node:fs` does. */
  readFile(path: string): Promise<string>;
}

const MAX_BYTES = 16 * 1024 * 1024;

/** The variables that say where clients keep their configuration. */
export const locationVariables = ['APPDATA', 'XDG_CONFIG_HOME', 'CLAUDE_CONFIG_DIR', 'CODEX_HOME'] as const;

interface HostOptions {
  readonly env?: Environment | undefined;
  readonly cwd?: string | undefined;
}

/** The machine this runs on. */
export function thisHost({ env = locations(), cwd = process.cwd() }: HostOptions = {}): Host {
  return { platform: process.platform, home: homedir(), cwd, env, readFile: readBounded };
}

// Where the files are is a fact of the machine, as its home folder is; nothing else is read from the environment.
function locations(): Environment {
  // biome-ignore lint/style/noProcessEnv: see above
  return Object.fromEntries(locationVariables.map((name) => [name, process.env[name]]));
}

/** Follows symbolic links, as the clients do; refuses what is no file, because a pipe would keep us waiting for ever. */
async function readBounded(path: string): Promise<string> {
  // Non-blocking, or opening a pipe would itself wait for whoever writes into it.
  await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const stats = await file.stat();
  if (!stats.isFile()) throw new BonafideError('UNSUPPORTED', 'It is not a file.');
  if (stats.size > MAX_BYTES) throw new BonafideError('PAYLOAD_TOO_LARGE', 'It is larger than 16 MiB.');
  return file.readFile('utf8');
}
