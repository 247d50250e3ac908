import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from './host-process.ts';
import { TURN_ADDRESS } from './topology.ts';

const PORT = 3478;

/** A STUN server for everybody, and a TURN server for who has the password. */
export interface TurnServer extends AsyncDisposable {
  readonly stunUrl: string;
  readonly turnUrl: string;
  readonly username: string;
  readonly credential: string;
}

/** Starts coturn on its own address, with long-term credentials. */
export async function startTurnServer(namespace: string): Promise<TurnServer> {
  await using starting = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-turn-'));
  starting.defer(() => rm(folder, { recursive: true }));
  const username = 'lab';
  // A URL would take some of these characters for its own.
  const credential = 'p@ss/w:rd?';
  const command = ['turnserver', ...turnArguments({ folder, user: `${username}:${credential}` })];
  const server = starting.use(startProcess({ namespace, command }));
  await server.nextMatch(/IPv4\. UDP listener opened on: /);
  const stack = starting.move();
  return {
    stunUrl: `stun:${TURN_ADDRESS}:${PORT}`,
    turnUrl: `turn:${TURN_ADDRESS}:${PORT}`,
    ...{ username, credential },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function turnArguments({ folder, user }: { readonly folder: string; readonly user: string }): string[] {
  return [
    // No file of this machine's configuration has a say.
    ...['-n', '--log-file=stdout', '--simple-log', '--verbose'],
    ...[`--pidfile=${join(folder, 'pid')}`, `--userdb=${join(folder, 'users')}`],
    ...[`--listening-ip=${TURN_ADDRESS}`, `--relay-ip=${TURN_ADDRESS}`, `--listening-port=${PORT}`],
    ...['--lt-cred-mech', '--fingerprint', '--realm=lab.example', `--user=${user}`],
    ...['--no-tls', '--no-dtls', '--no-tcp', '--no-cli', '--no-multicast-peers'],
    '--denied-peer-ip=127.0.0.0-127.255.255.255',
  ];
}
