import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Speaker, tell } from './timeline.ts';

/** What a role reports to whoever started it: a line to show, or a named fact. */
export interface Report {
  readonly text?: string;
  readonly fact?: string;
  readonly data?: unknown;
}

export interface RoleProcess extends AsyncDisposable {
  /** The data of the next fact of this name; rejects when the process ends before. */
  fact<Data>(name: string): Promise<Data>;
  /** Writes a line to the role's standard input. */
  send(line: string): void;
  readonly child: ChildProcess;
}

interface Waiter {
  readonly name: string;
  readonly resolve: (data: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface RoleOptions {
  /** In whose name its lines are shown. */
  readonly role: Speaker;
  /** What the process runs. */
  readonly file: URL;
  /** All it gets to know; its home folder is its own, so that no key is shared. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts a role as its own process. */
export function startRole({ role, file: url, environment }: RoleOptions): RoleProcess {
  const file = fileURLToPath(url);
  const env = { PATH: process.env.PATH, NO_COLOR: '1', ...environment };
  const child = spawn(process.execPath, ['--no-warnings', file], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const waiters: Waiter[] = [];
  const facts: Report[] = [];
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors = (errors + chunk).slice(-4000);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const report: Report = JSON.parse(line);
    if (report.text) tell(role, report.text);
    if (report.fact) settle(report);
  });
  child.on('exit', (code, signal) => {
    const error = new Error(`The ${role} process ended (${signal ?? code}).\n${errors}`);
    for (const waiter of waiters.splice(0)) waiter.reject(error);
  });

  function settle(report: Report): void {
    const index = waiters.findIndex(({ name }) => name === report.fact);
    if (index < 0) facts.push(report);
    else waiters.splice(index, 1)[0]?.resolve(report.data);
  }

  return {
    child,
    send: (line) => void child.stdin.write(`${line}\n`),
    fact<Data>(name: string): Promise<Data> {
      const index = facts.findIndex(({ fact }) => fact === name);
      if (index >= 0) return Promise.resolve(facts.splice(index, 1)[0]?.data as Data);
      if (child.exitCode !== null)
        return Promise.reject(new Error(`The ${role} process has ended.\n${errors}`));
      return new Promise((resolve, reject) => {
        waiters.push({ name, resolve: (data) => resolve(data as Data), reject });
      });
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
