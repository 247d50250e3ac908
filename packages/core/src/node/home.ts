import { homedir } from 'node:os';
import { join } from 'node:path';

/** `~/…` as a shell would read it. */
export function expandHome(path: string): string {
  return path.startsWith('~/') || path.startsWith('~\\') ? join(homedir(), path.slice(2)) : path;
}
