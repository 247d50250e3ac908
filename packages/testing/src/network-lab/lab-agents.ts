import { fileURLToPath } from 'node:url';
import type { PeersOptions } from '@bonafide/p2p';
import type { HostProcess } from './host-process.ts';
import type { LabAgentSettings, LabCommand } from './lab-agent.ts';
import type { NetworkLab } from './network-lab.ts';
import type { HiddenHost } from './topology.ts';

const pathTo = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Where agents of the lab meet. */
export type Meeting = Pick<LabAgentSettings, 'url' | 'enrolmentToken'>;

export interface LabAgent extends AsyncDisposable {
  readonly did: string;
  /** Connects, and says how the connection goes. */
  connect(did: string): Promise<string | undefined>;
  count(to: number, at: string): Promise<object>;
}

/** Starts a gateway on the server of the lab; its database is in the folder. */
export async function startLabGateway(lab: NetworkLab, folder: string): Promise<Meeting> {
  const args = [folder, lab.serverAddress];
  const gateway = lab.exec('server', pathTo('./lab-gateway.ts'), { args });
  const [line] = await gateway.nextMatch(/^\{.*\}$/);
  return JSON.parse(line);
}

/** Starts an agent with a new key on a host, and waits until the gateway knows it. */
export async function startLabAgent(
  lab: NetworkLab,
  { host, meeting, options }: { host: HiddenHost; meeting: Meeting; options: PeersOptions },
): Promise<LabAgent> {
  const process = lab.exec(host, pathTo('./lab-agent.ts'));
  // Names are for one key each.
  const name = `${host}-${Math.random().toString(36).slice(2)}`;
  process.writeLine(JSON.stringify({ name, ...meeting, ...options } satisfies LabAgentSettings));
  const { did } = await next<{ did: string }>(process, 'did');
  const perform = async <Done>(command: LabCommand): Promise<Done> => {
    process.writeLine(JSON.stringify(command));
    return (await next<{ done: Done }>(process, 'done')).done;
  };
  return {
    did,
    connect: async (to) => (await perform<{ path?: string }>({ connect: to })).path,
    count: (count, at) => perform({ count, at }),
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

async function next<Said>(process: HostProcess, name: string): Promise<Said> {
  const [line] = await process.nextMatch(new RegExp(`^\\{"${name}":.*`));
  return JSON.parse(line);
}
