import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const BIN = fileURLToPath(new URL('../../bin/bonafide.js', import.meta.url));

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Place {
  /** Stands for the home folder of the person. */
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is typed or piped in; without it the input is at its end. */
  readonly input?: string;
}

const homes: string[] = [];
afterAll(() => Promise.all(homes.map((home) => rm(home, { recursive: true, force: true }))));

/** A home folder without keys or tokens, removed after the tests of the file. */
export async function emptyHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'bonafide-cli-'));
  homes.push(home);
  return home;
}

/** Starts the real command, with nothing of this process's own settings. */
export function start(args: readonly string[], { home, env = {} }: Place): ChildProcess {
  return spawn(process.execPath, [BIN, ...args], {
    cwd: home,
    env: { PATH: dirname(process.execPath), HOME: home, USERPROFILE: home, NO_COLOR: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Runs the real command to its end. */
export async function bonafide(args: readonly string[], place: Place): Promise<Run> {
  const child = start(args, place);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin?.on('error', () => {}).end(place.input ?? '');
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}
