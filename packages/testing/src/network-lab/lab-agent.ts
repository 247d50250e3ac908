// An agent on a host of the lab. Its first line of input says who it is; each further one is something to do.
import { createInterface } from 'node:readline';
import { createKeyPair, signerFromSeed } from '@bonafide/core/identity';
import { Agent, capability, type ExecutionOf, type PeersOptions } from '@bonafide/p2p';
import { z } from 'zod';

/** Who it is. */
export interface LabAgentSettings extends PeersOptions {
  readonly name: string;
  readonly url: string;
  readonly enrolmentToken: string;
}

/** What it does: connects to a DID and says over which path, or asks it to count and says what came. */
export type LabCommand = { readonly connect: string } | { readonly count: number; readonly at: string };

class Counter extends Agent {
  readonly capabilities = {
    'lab.count': capability({
      description: 'Counts',
      input: z.object({ to: z.int() }),
      output: z.object({ counted: z.int() }),
      risk: 'low',
    }),
  };

  async execute({ args, stream }: ExecutionOf<Counter>) {
    for (let count = 1; count <= args.to; count += 1) await stream(count);
    return { counted: args.to };
  }
}

const say = (message: object): void => void process.stdout.write(`${JSON.stringify(message)}\n`);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const settings: LabAgentSettings = JSON.parse((await lines.next()).value ?? '');
const counter = await new Counter().start({ ...settings, signer: signerFromSeed(createKeyPair().seed) });
counter.peers.on('changed', ({ state, path }) => say({ changed: { state, path } }));
say({ did: counter.agent.did });

async function perform(command: LabCommand): Promise<object> {
  if ('connect' in command) {
    const { path } = await counter.peers.connect(command.connect);
    return { path };
  }
  const peer = await counter.peers.connect(command.at);
  const { chunks, result } = peer.execute({ capability: 'lab.count', args: { to: command.count } });
  const received: unknown[] = [];
  for await (const chunk of chunks) received.push(chunk);
  return { received: received.length, last: received.at(-1), result: await result, path: peer.path };
}

for await (const line of { [Symbol.asyncIterator]: () => lines })
  say({ done: await perform(JSON.parse(line)) });
