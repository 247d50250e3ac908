import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const require = createRequire(import.meta.url);

/** The gateway as operators run it: its own process, one database file. */
export interface GatewayProcess extends AsyncDisposable {
  readonly url: string;
  /** Ends it without warning, as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on the same port and database. */
  restart(): Promise<void>;
}

interface Settings {
  /** Where the database is kept. */
  readonly directory: string;
  /** Settings beside database, port and log level, as `BONAFIDE_*` variables. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts the gateway on a free loopback port. */
export async function startGateway(settings: Settings): Promise<GatewayProcess> {
  let running = await launch(settings, '0');
  const { url } = running;
  return {
    url,
    kill: () => end(running.child, 'SIGKILL'),
    async restart() {
      running = await launch(settings, new URL(url).port);
    },
    [Symbol.asyncDispose]: () => end(running.child, 'SIGTERM'),
  };
}

/** Makes a workspace and returns its owner token. */
export async function createWorkspace(directory: string, name: string): Promise<string> {
  const args = ['--no-warnings', gatewayBin(), 'workspace', 'create', name];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: environmentOf({ directory }) });
  return stdout.trim();
}

async function launch(
  { directory, environment }: Settings,
  port: string,
): Promise<{ child: ChildProcess; url: string }> {
  const env = { ...environmentOf({ directory }), ...environment, BONAFIDE_PORT: port };
  const child = spawn(process.execPath, ['--no-warnings', gatewayBin()], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const seen: string[] = [];
  child.stderr.on('data', (chunk) => seen.push(String(chunk)));
  for await (const line of createInterface({ input: child.stdout })) {
    seen.push(line);
    const url = /^listening on (\S+)$/.exec(line)?.[1];
    if (!url) continue;
    child.stdout.resume();
    return { child, url };
  }
  throw new Error(`The gateway did not start:\n${seen.join('\n')}`);
}

function gatewayBin(): string {
  const manifest = require.resolve('@bonafide/gateway/package.json');
  return join(dirname(manifest), require(manifest).bin['bonafide-gateway']);
}

const environmentOf = ({ directory }: { directory: string }) => ({
  PATH: process.env.PATH,
  BONAFIDE_DATABASE: join(directory, 'gateway.db'),
  BONAFIDE_LOG_LEVEL: 'warn',
});

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}
