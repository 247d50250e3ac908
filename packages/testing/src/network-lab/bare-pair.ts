import { fileURLToPath } from 'node:url';
import type { HostProcess } from './host-process.ts';
import type { NetworkLab } from './network-lab.ts';
import type { HostName } from './topology.ts';

const peer = fileURLToPath(new URL('./bare-peer.ts', import.meta.url));

interface Candidate {
  readonly address: string;
  readonly port: number;
  readonly type: string;
}

/** A connection as its caller saw it. */
export interface BareOutcome {
  readonly answer: string;
  readonly local: Candidate;
  readonly remote: Candidate;
}

interface BareOptions {
  readonly caller: HostName;
  readonly callee: HostName;
  readonly configuration: RTCConfiguration;
  /** Where it differs. */
  readonly calleeConfiguration?: RTCConfiguration;
}

/** Connects two hosts with nothing of ours in between, and has one say something to the other. */
export async function connectBare(
  lab: NetworkLab,
  { caller, callee, configuration, calleeConfiguration = configuration }: BareOptions,
): Promise<BareOutcome> {
  await using calling = lab.exec(caller, peer);
  await using called = lab.exec(callee, peer);
  calling.writeLine(JSON.stringify({ isCaller: true, configuration }));
  called.writeLine(JSON.stringify({ isCaller: false, configuration: calleeConfiguration }));
  const { promise: outcome, resolve, reject } = Promise.withResolvers<BareOutcome>();
  carry(called, { to: calling }).catch(reject);
  carry(calling, { to: called, onOutcome: resolve }).catch(reject);
  return await outcome;
}

/** Takes signals from one to the other until the process ends. */
async function carry(
  from: HostProcess,
  { to, onOutcome }: { readonly to: HostProcess; readonly onOutcome?: (outcome: BareOutcome) => void },
): Promise<never> {
  for (;;) {
    const line = await from.nextLine();
    const message = JSON.parse(line);
    if ('description' in message || 'candidate' in message) to.writeLine(line);
    else onOutcome?.(message);
  }
}
