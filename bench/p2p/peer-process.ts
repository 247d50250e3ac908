import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** What both kinds of processes can be asked; each answers once it is done. */
export interface PeerMethods {
  /** Opens so many connections to the other process, one after the other; milliseconds of each. */
  connect(options: { readonly count: number; readonly dids?: readonly string[] }): Promise<readonly number[]>;
  /** Ordered messages, until the other side has them all. */
  send(options: { readonly count: number; readonly bytes: number }): Promise<void>;
  /** One stream of bytes, until the other side has it all. */
  stream(options: { readonly count: number; readonly bytes: number }): Promise<void>;
  /** There and back, one after the other; milliseconds of each. */
  ping(options: { readonly count: number; readonly bytes: number }): Promise<readonly number[]>;
}

export interface Usage {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

interface Call {
  readonly id: number;
  readonly method: string;
  readonly options: unknown;
}

/** A peer in a process of its own. */
export interface PeerProcess extends AsyncDisposable {
  call<Result>(method: string, options?: unknown): Promise<Result>;
  usage(): Promise<Usage>;
  /** Whatever else it sends. */
  onSignal(listener: (signal: unknown) => void): void;
  signal(signal: unknown): void;
}

export function startPeer(file: URL, args: readonly string[] = []): PeerProcess {
  const child = fork(file, args, { execArgv: ['--no-warnings', '--expose-gc'] });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  child.on('message', (message: { id?: number; result?: unknown; error?: string }) => {
    if (message.id === undefined) return;
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error !== undefined) call?.reject(new Error(message.error));
    else call?.resolve(message.result);
  });
  child.on('exit', (code) => {
    for (const call of waiting.values()) call.reject(new Error(`a peer ended with ${code}`));
  });
  function call<Result>(method: string, options: unknown = {}): Promise<Result> {
    const made = Promise.withResolvers<unknown>();
    calls += 1;
    waiting.set(calls, made);
    child.send({ id: calls, method, options } satisfies Call);
    return made.promise as Promise<Result>;
  }
  return {
    call,
    usage: () => call<Usage>('usage'),
    onSignal: (listener) =>
      child.on('message', (message) => 'signal' in Object(message) && listener(message)),
    signal: (signal) => void child.send(signal as object),
    [Symbol.asyncDispose]: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** In the process of a peer: answers what it is asked. */
export function answerCalls(methods: Readonly<Record<string, (options: never) => unknown>>): void {
  const all: typeof methods = { ...methods, usage };
  process.on('message', async (message: Partial<Call>) => {
    const { id, method, options } = message;
    if (method === undefined) return;
    try {
      const result = await all[method]?.(options as never);
      process.send?.({ id, result });
    } catch (error) {
      process.send?.({ id, error: String(error instanceof Error ? error.stack : error) });
    }
  });
}

function usage(): Usage {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  return { cpuSeconds: (user + system) / 1e6, rssBytes: process.memoryUsage.rss() };
}

/** Milliseconds of each of so many turns, one after the other. */
export async function timeEach(count: number, turn: (index: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const startedAt = performance.now();
    await turn(index);
    times.push(performance.now() - startedAt);
  }
  return times;
}
