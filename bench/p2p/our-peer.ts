// A peer as applications have it.
import { secure } from '@bonafide/core';
import { createKeyPair, signerFromSeed } from '@bonafide/core/identity';
import { type Channel, openPeers, type Peer, type Peers } from '@bonafide/p2p';
import { z } from 'zod';
import { answerCalls, type PeerMethods, timeEach } from './peer-process.ts';

const [role = '', url = ''] = process.argv.slice(2);
const open: Peers[] = [];

async function start(): Promise<string> {
  const signer = signerFromSeed(createKeyPair().seed);
  const agent = await secure(`${role}-${open.length}`, { url, signer });
  const peers = await openPeers(agent, { bindAddress: '127.0.0.1' });
  open.push(peers);
  peers.on('channel', ({ channel }) => void acknowledge(channel));
  peers.provide(
    'bench.sink',
    { description: 'Counts bytes', input: z.object({}), risk: 'low' },
    async ({ bytes }) => {
      let count = 0;
      for await (const chunk of bytes) count += chunk.length;
      return count;
    },
  );
  peers.provide(
    'bench.echo',
    { description: 'Returns what it gets', input: z.object({ text: z.string() }), risk: 'low' },
    ({ args }) => args,
  );
  return agent.did;
}

async function acknowledge(channel: Channel): Promise<void> {
  for await (const message of channel.messages) if (message === 'end') await channel.send('end');
}

function callee(): Peer {
  const [peer] = open[0]?.list() ?? [];
  if (!peer) throw new Error('connect first');
  return peer;
}

let channel: Channel | undefined;
let answers: AsyncIterator<Uint8Array | string>;

async function openSink(): Promise<Channel> {
  const opened = await callee().openChannel('sink');
  answers = opened.messages[Symbol.asyncIterator]();
  return opened;
}

const methods: PeerMethods = {
  connect: async ({ dids = [] }) => timeEach(dids.length, (index) => connect(dids[index] ?? '')),
  async send({ count, bytes }) {
    channel ??= await openSink();
    const message = new Uint8Array(bytes);
    for (let index = 0; index < count; index += 1) await channel.send(message);
    await channel.send('end');
    await answers.next();
  },
  async stream({ count, bytes }) {
    const execution = callee().execute({ capability: 'bench.sink' });
    const message = new Uint8Array(bytes);
    for (let index = 0; index < count; index += 1) await execution.write(message);
    await execution.end();
    if ((await execution.result) !== count * bytes) throw new Error('bytes were lost');
  },
  ping: ({ count }) => timeEach(count, () => callee().ping()),
};

async function connect(did: string): Promise<void> {
  const peer = await open[0]?.connect(did);
  if (peer?.path !== 'direct') throw new Error(`connected over ${peer?.path}`);
}

answerCalls({
  ...methods,
  async start({ count }: { readonly count: number }) {
    const dids: string[] = [];
    for (let index = 0; index < count; index += 1) dids.push(await start());
    return dids;
  },
  execute: ({ count, bytes }: { readonly count: number; readonly bytes: number }) => {
    const args = { text: 'x'.repeat(bytes) };
    return timeEach(count, () => callee().execute({ capability: 'bench.echo', args }).result);
  },
});
