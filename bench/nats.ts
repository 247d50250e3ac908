import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { cpuSecondsOf, type ServerProcess, stop } from './server-process.ts';

/**
 * Starts nats-server on a free port, with JetStream in a new folder that goes with it. It syncs a stream to the disk every
 * two minutes, which is its default, and not before it acknowledges.
 */
export async function startNats(): Promise<ServerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-nats-'));
  const args = ['--addr', '127.0.0.1', '--port', '-1', '--jetstream', '--store_dir', folder];
  const child = spawn(findNats(), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const lines: string[] = [];
  let url: string | undefined;
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    url ??= /client connections on (\S+)/.exec(line)?.[1];
    if (url && line.includes('Server is ready')) break;
  }
  if (!url) throw new Error(`nats-server did not start: ${lines.join('\n')}`);
  child.stderr.resume();
  return {
    url: `nats://${url}`,
    pid: child.pid ?? 0,
    lines,
    cpuSeconds: () => cpuSecondsOf(child),
    async [Symbol.asyncDispose]() {
      await stop(child);
      await rm(folder, { recursive: true });
    },
  };
}

/** Debian puts it where not every user looks. */
function findNats(): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const found = folders.map((folder) => join(folder, 'nats-server')).find(isExecutable);
  if (found) return found;
  throw new Error('nats-server is not installed: apt-get install --no-install-recommends nats-server');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
