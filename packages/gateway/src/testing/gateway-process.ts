import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach } from 'vitest';

const bin = fileURLToPath(new URL('../../bin/bonafide-gateway.js', import.meta.url));
const UNLIMITED = '1000000';

/** A gateway in a process of its own, so that it can be killed. */
export interface GatewayProcess {
  readonly url: string;
  readonly port: string;
  /** What it said at its first start. */
  readonly ownerToken: string | undefined;
  /** Resolves once it has ended, with its exit code when no signal ended it. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
}

/** Starts gateways on one database that lasts as long as a test, and ends the last one with it. */
export function useGatewayProcess(): (port?: string) => Promise<GatewayProcess> {
  let folder: string;
  let running: GatewayProcess | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bonafide-process-'));
  });
  afterEach(async () => {
    await running?.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });
  return async (port) => {
    running = await startGatewayProcess(folder, port);
    return running;
  };
}

/** Starts the bin on the database of a folder and reads what it prints until it listens and has said its token. */
export async function startGatewayProcess(folder: string, port = '0'): Promise<GatewayProcess> {
  const database = join(folder, 'gateway.db');
  const isFirst = !existsSync(database);
  const env = {
    BONAFIDE_PORT: port,
    BONAFIDE_DATABASE: database,
    BONAFIDE_RATE_LIMIT_BURST: UNLIMITED,
    BONAFIDE_RATE_LIMIT_PER_SECOND: UNLIMITED,
    BONAFIDE_GUESS_LIMIT_BURST: UNLIMITED,
    BONAFIDE_LOG_LEVEL: 'silent',
  };
  const child = spawn(process.execPath, [bin], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let url: string | undefined;
  let ownerToken: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    url ??= /listening on (\S+)/.exec(line)?.[1];
    ownerToken ??= /(bft_\S+)/.exec(line)?.[1];
    if (url && (ownerToken || !isFirst)) break;
  }
  if (!url) throw new Error('the gateway did not start');
  return { url, port: new URL(url).port, ownerToken, kill: (signal) => kill(child, signal) };
}

async function kill(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
  return child.exitCode;
}
