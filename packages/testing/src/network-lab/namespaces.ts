import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const PREFIX = 'bonafide-lab';

/** Runs a program to its end; what it said is in the error when it fails. */
export async function run(file: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await execute(file, args);
  return stdout;
}

/** The command line that runs this one inside a namespace, as the same process. */
export const inside = (namespace: string, command: readonly string[]): readonly string[] => [
  ...['ip', 'netns', 'exec', namespace],
  ...command,
];

/** A name that tells whose it is, so that what a killed process left behind can be found. */
export const namespaceName = (lab: string, role: string): string => `${PREFIX}-${process.pid}-${lab}-${role}`;

/** Takes a namespace away with all processes, interfaces and rules in it. */
export async function deleteNamespace(name: string): Promise<void> {
  const pids = (await run('ip', 'netns', 'pids', name)).split(/\s+/).filter(Boolean).map(Number);
  for (const pid of pids) endProcess(pid);
  await run('ip', 'netns', 'delete', name);
}

/** Those of labs of this process; other processes build theirs at the same time. */
export async function ownNamespaces(): Promise<readonly string[]> {
  const names = await allNamespaces();
  return names.filter((name) => name.startsWith(`${PREFIX}-${process.pid}-`)).sort();
}

/** Deletes what labs of processes that are gone left behind. */
export async function sweepNamespaces(): Promise<void> {
  for (const name of await allNamespaces()) {
    const [, owner] = new RegExp(`^${PREFIX}-(\\d+)-`).exec(name) ?? [];
    // Another process may sweep at the same time, and be first.
    if (owner && !existsSync(`/proc/${owner}`)) await deleteNamespace(name).catch(() => undefined);
  }
}

async function allNamespaces(): Promise<readonly string[]> {
  const lines = (await run('ip', 'netns', 'list')).split('\n');
  return lines.map((line) => line.split(' ')[0] ?? '').filter(Boolean);
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
