import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A server in its own process, whose CPU time can be read apart from that of the load generator. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Lines printed so far. */
  readonly lines: readonly string[];
  /** CPU seconds so far, over all threads. */
  cpuSeconds(): number;
}

/** Spawns a Node script and waits for its `listening on URL`. */
export async function startServer(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, ...env },
  });
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    const reader = createInterface({ input: child.stdout });
    reader.on('line', (line) => {
      lines.push(line);
      const [, listeningOn] = /listening on (\S+)/.exec(line) ?? [];
      if (listeningOn) resolve(listeningOn);
    });
    reader.on('close', () => reject(new Error(`${args.join(' ')} ended without listening`)));
  });
  return {
    url,
    pid: child.pid ?? 0,
    lines,
    cpuSeconds: () => cpuSecondsOf(child),
    [Symbol.asyncDispose]: () => stop(child),
  };
}

/** CPU seconds of a process so far, over all threads. */
export function cpuSecondsOf({ pid }: ChildProcess): number {
  const folder = `/proc/${pid}/task`;
  const nanoseconds = readdirSync(folder).map((task) =>
    Number(readFileSync(`${folder}/${task}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, value) => sum + value, 0) / 1e9;
}

/** Ends a process that was started here. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
