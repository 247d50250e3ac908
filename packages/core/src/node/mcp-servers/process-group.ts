import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';

const GRACE_MS = 1000;

/** Ends a process and all it started: first its input ends, then it is asked to go, then it is made to. */
export async function endProcessGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  child.stdin?.end();
  if (!(await exitsWithin(child))) {
    signalGroup(child, 'SIGTERM');
    await exitsWithin(child);
  }
  // Also when the leader is gone: what it started may have stayed.
  signalGroup(child, 'SIGKILL');
  if (!hasExited(child)) await once(child, 'exit');
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
}

/** Sends a signal to everything in the group that `detached` made the child lead. */
export function signalGroup({ pid }: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    execFile('taskkill', ['/pid', String(pid), '/T', '/F'], { windowsHide: true }, () => undefined);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Nobody of the group is left, which is the aim.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM')))
      throw error;
  }
}

function hasExited({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function exitsWithin(child: ChildProcess): Promise<boolean> {
  if (hasExited(child)) return true;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, GRACE_MS);
  child.once('exit', resolve);
  await promise;
  clearTimeout(timer);
  child.off('exit', resolve);
  return hasExited(child);
}
