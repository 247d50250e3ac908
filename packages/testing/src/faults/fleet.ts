import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GatewayProcess, startGateway } from '@bonafide/app-kit';
import { secure } from '@bonafide/core';
import { createKeyPair, signerFromSeed } from '@bonafide/core/identity';
import { openSession, type Session } from '@bonafide/core/session';

const UNLIMITED = '1000000000';
/** On a machine that is busy it takes long until a gateway lives long enough: what counts is that an answer comes. */
export const PATIENCE_MS = 600_000;

/** A gateway that can be killed, and sessions that outlive each of its processes. */
export interface Fleet extends AsyncDisposable {
  readonly gateway: GatewayProcess;
  /** A session of an agent of its own, `ag::default::<name>::default`. */
  open(name: string): Promise<Session>;
  /** One more consumer of a pool, of an agent of its own. */
  openConsumer(name: string, pool: string): Promise<Session>;
  /** Called before the sessions are closed. */
  onDispose(end: () => void): void;
}

export async function openFleet(): Promise<Fleet> {
  await using starting = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'bonafide-faults-'));
  starting.defer(() => rm(directory, { recursive: true, maxRetries: 3 }));
  const environment = {
    BONAFIDE_RATE_LIMIT_PER_SECOND: UNLIMITED,
    BONAFIDE_RATE_LIMIT_BURST: UNLIMITED,
    BONAFIDE_LOG_LEVEL: 'silent',
  };
  const gateway = starting.use(await startGateway({ directory, environment }));
  const stack = starting.move();
  const { url } = gateway;
  const patient = { maxRetries: 0, initialBackoffMs: 20, maxBackoffMs: 250, timeoutMs: PATIENCE_MS };
  const options = { ...patient, onWarning: () => undefined };
  const register = async (name: string) => {
    const signer = signerFromSeed(createKeyPair().seed);
    return { signer, agent: stack.use(await secure(name, { url, signer })) };
  };
  return {
    gateway,
    async open(name) {
      const { agent } = await register(name);
      return stack.use(await agent.connect(options));
    },
    async openConsumer(name, pool) {
      const { signer } = await register(name);
      const principal = { type: 'pooled-task', implementation: pool } as const;
      return stack.use(await openSession({ ...options, url, signer, principal }));
    },
    onDispose: (end) => stack.defer(end),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until it holds; throws what it was when it does not in time. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 120_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await wait(50);
  }
}

/** What fails after the end fails because of it. */
export function unlessOver(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return work.catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
