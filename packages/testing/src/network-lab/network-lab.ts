import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type HostProcess, startProcess } from './host-process.ts';
import { sweepNamespaces } from './namespaces.ts';
import {
  buildTopology,
  type HiddenHost,
  type HostName,
  homes,
  iptables,
  SERVER_ADDRESS,
} from './topology.ts';
import { startTurnServer, type TurnServer } from './turn-server.ts';

/** Three hosts on a network of their own: a server with a public address, and two hosts behind one router each. */
export interface NetworkLab {
  /** Where a gateway on the server is reached by all. */
  readonly serverAddress: string;
  /** What others see as the address of a host. */
  addressOf(host: HiddenHost): string;
  /** Runs a Node program on a host, until the lab ends. */
  exec(host: HostName, file: string, options?: ExecOptions): HostProcess;
  /** Cuts what goes directly between two hosts, silently, until it is disposed. */
  block(host: HiddenHost, other: HiddenHost): Promise<AsyncDisposable>;
  startTurn(): Promise<TurnServer>;
}

export interface ExecOptions {
  readonly args?: readonly string[] | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** Builds the network on Linux, as root; installs what is missing. All of it is gone after disposal. */
export async function startNetworkLab(): Promise<NetworkLab & AsyncDisposable> {
  const ensure = fileURLToPath(new URL('../../../../scripts/ensure-network-lab.mjs', import.meta.url));
  execFileSync(process.execPath, [ensure], { stdio: ['ignore', 'inherit', 'pipe'] });
  await using starting = new AsyncDisposableStack();
  await sweepNamespaces();
  const { hosts, routers } = await buildTopology(starting, randomBytes(3).toString('hex'));
  const stack = starting.move();
  return {
    serverAddress: SERVER_ADDRESS,
    addressOf: (host) => homes[host].publicAddress,
    exec(host, file, { args = [], environment } = {}) {
      const command = [process.execPath, '--no-warnings', file, ...args];
      return stack.use(startProcess({ namespace: hosts[host], command, environment }));
    },
    block: (host, other) => block(routers[host], homes[other].publicAddress),
    startTurn: async () => stack.use(await startTurnServer(hosts.server)),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function block(router: string, address: string): Promise<AsyncDisposable> {
  const rules = [`FORWARD -s ${address} -j DROP`, `FORWARD -d ${address} -j DROP`];
  for (const rule of rules) await iptables(router, `-I ${rule}`);
  return {
    async [Symbol.asyncDispose]() {
      for (const rule of rules) await iptables(router, `-D ${rule}`);
    },
  };
}
