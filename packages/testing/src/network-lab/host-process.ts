import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { inside } from './namespaces.ts';

/** Whatever a program is waited for takes seconds; this is when it is said that it does not come. */
const PATIENCE_MS = 90_000;

/** A program in a namespace. All that it wrote so far is in every error that is thrown here. */
export interface HostProcess extends AsyncDisposable {
  /** The next line it prints; throws when it ends instead. */
  nextLine(): Promise<string>;
  /** The next line that this matches. */
  nextMatch(pattern: RegExp): Promise<RegExpExecArray>;
  /** Writes a line to its input. */
  writeLine(line: string): void;
}

export interface StartOptions {
  readonly namespace: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** Starts it; disposing kills it and waits for its end. */
export function startProcess({ namespace, command, environment }: StartOptions): HostProcess {
  const [file = '', ...args] = inside(namespace, command);
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...environment };
  const child = spawn(file, args, { env, stdio: 'pipe' });
  const ended = once(child, 'close');
  const said: string[] = [];
  child.stderr.on('data', (chunk) => said.push(String(chunk)));
  // Writing to a program that has ended fails; that it ended is said by its output.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const explain = (reason: string) => new Error(`${command.join(' ')}: ${reason}\n${said.join('')}`);

  async function nextLine(): Promise<string> {
    const next = await orUndefined(lines.next());
    if (!next) throw explain('nothing came in time');
    if (next.done) throw explain('it ended');
    said.push(`${next.value}\n`);
    return next.value;
  }
  return {
    nextLine,
    async nextMatch(pattern) {
      for (;;) {
        const match = pattern.exec(await nextLine());
        if (match) return match;
      }
    },
    writeLine: (line) => void child.stdin.write(`${line}\n`),
    [Symbol.asyncDispose]: () => end(child, ended),
  };
}

async function end(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await ended;
}

/** Undefined once it is too late. */
async function orUndefined<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  const over = new AbortController();
  const late = wait(PATIENCE_MS, undefined, { signal: over.signal });
  // Whichever loses the race is not heard any more.
  late.catch(() => undefined);
  promise.catch(() => undefined);
  return await Promise.race([promise, late]).finally(() => over.abort());
}
