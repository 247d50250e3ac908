import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cpuSecondsOf, type ServerProcess, stop } from './server-process.ts';

/** Starts redis-server on a socket in a new folder; every write is in its log on the disk before it is answered. */
export async function startRedis(): Promise<ServerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-redis-'));
  const socket = join(folder, 'redis.sock');
  const args = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', ''];
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];
  const child = spawn('redis-server', [...args, ...durable], { stdio: ['ignore', 'pipe', 'inherit'] });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', () =>
      reject(
        new Error('redis-server is not installed: apt-get install --no-install-recommends redis-server'),
      ),
    );
  });
  const lines: string[] = [];
  const ready = async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line.includes('ready to accept connections')) return;
    }
    throw new Error(`redis-server did not start: ${lines.join('\n')}`);
  };
  await Promise.race([ready(), failed]);
  child.stdout.resume();
  return {
    url: socket,
    pid: child.pid ?? 0,
    lines,
    cpuSeconds: () => cpuSecondsOf(child),
    async [Symbol.asyncDispose]() {
      await stop(child);
      await rm(folder, { recursive: true });
    },
  };
}
