import { appendFile, mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Spending, Spendings } from '../client/types.ts';
import { BonafideError } from '../errors.ts';

const LOCK_PAUSE_MS = 20;
const LOCK_WAIT_MS = 10_000;
const MAX_OLD_LINES = 1_000;
const line = /^\{"at":(\d{1,16}),"units":"(\d{1,78})","key":"([^"\\]{1,200})"\}$/;

export interface SpendingFilesOptions {
  /** Default `~/.bonafide/agents`, where the keys are. */
  readonly directory?: string | undefined;
}

/**
 * Counts payments in one file for each wallet, a line for each payment, shared by all processes of this user. A file that
 * cannot be read completely is refused, because nobody can say then what was spent.
 */
export function createSpendingFiles({ directory }: SpendingFilesOptions = {}): Spendings {
  const folder = directory ?? join(homedir(), '.bonafide', 'agents');
  return {
    async add({ wallet, since, ...spending }, check) {
      const path = join(folder, `${wallet.toLowerCase()}.spending`);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await withLock(`${path}.lock`, async () => {
          const all = await readSpendings(path);
          const recent = all.filter(({ at }) => at > since);
          check(recent);
          if (all.length - recent.length > MAX_OLD_LINES) await replace(path, recent);
          await append(path, spending);
        });
      } catch (error) {
        throw BonafideError.is(error) ? error : uncountable(path, error);
      }
    },
  };
}

async function readSpendings(path: string): Promise<Spending[]> {
  const text = await readFile(path, 'utf8').catch(ifMissing(''));
  if (text === '') return [];
  const lines = text.split('\n');
  // Every line ends with a newline: one that does not was cut off.
  if (lines.pop() !== '') throw uncountable(path);
  return lines.map((each) => {
    const [, at, units, key] = line.exec(each) ?? [];
    if (at === undefined || units === undefined || key === undefined) throw uncountable(path);
    return { at: Number(at), units: BigInt(units), key };
  });
}

async function append(path: string, spending: Spending): Promise<void> {
  await appendFile(path, toLine(spending), { mode: 0o600, flush: true });
}

async function replace(path: string, spendings: readonly Spending[]): Promise<void> {
  const draft = `${path}.tmp`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(spendings.map(toLine).join(''));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

function toLine({ at, units, key }: Spending): string {
  return `{"at":${at},"units":"${units}","key":"${key.replace(/[^\w :.,/-]/g, '_').slice(0, 200)}"}\n`;
}

async function withLock(path: string, work: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + LOCK_WAIT_MS;
  while (!(await take(path))) {
    if (Date.now() > deadline) {
      const message = `Another process holds ${path}. When none runs any more, delete that file.`;
      throw new BonafideError('UNAVAILABLE', message, { details: { path } });
    }
    await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
  }
  try {
    await work();
  } finally {
    await unlink(path);
  }
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  await removeAbandoned(path);
  return false;
}

/** A process that was killed leaves its lock: the process id in it says so. */
async function removeAbandoned(path: string): Promise<void> {
  const before = await identify(path);
  const text = await readFile(path, 'utf8').catch(ifMissing(''));
  const pid = Number(text);
  if (!before || !Number.isSafeInteger(pid) || pid <= 0 || isRunning(pid)) return;
  if ((await identify(path)) === before) await unlink(path).catch(ifMissing(undefined));
}

// With the time, because a file system gives the number of a deleted file to the next one.
async function identify(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(ifMissing(undefined));
  return found && `${found.ino} ${found.ctimeNs}`;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

function ifMissing<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (codeOf(error) === 'ENOENT') return value;
    throw error;
  };
}

function uncountable(path: string, cause?: unknown): BonafideError {
  const message = `${path} cannot be read, so the wallet's limit of a day cannot be kept and nothing was signed. Repair it, or move it away to count from zero.`;
  return new BonafideError('UNAVAILABLE', message, { cause, details: { path, reason: 'spending-file' } });
}
