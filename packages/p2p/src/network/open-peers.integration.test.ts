import { secure } from '@bonafide/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openPeerWorld, type PeerWorld } from '../../test/peer-world.ts';
import { capability } from '../agent/capability.ts';
import type { Json, Peer } from '../exchange/types.ts';
import { openPeers } from './open-peers.ts';
import type { PeerEvents, Peers } from './types.ts';

let world: PeerWorld;
beforeAll(async () => {
  world = await openPeerWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

function next<Name extends keyof PeerEvents>(peers: Peers, name: Name): Promise<PeerEvents[Name]> {
  return new Promise((resolve) => {
    const stop = peers.on(name, (value) => {
      stop();
      resolve(value);
    });
  });
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const counting = capability({
  description: 'Counts to a number',
  input: z.object({ to: z.number().max(100) }),
  risk: 'low',
});

/** Two agents with a channel; `there` provides what its setup says. */
async function openPair(setUp: (peers: Peers) => void) {
  const [here, there] = await Promise.all([world.open('here'), world.open('there')]);
  setUp(there.peers);
  const back = next(there.peers, 'connected');
  const peer = await here.peers.connect(there.agent.did);
  return { here, there, peer, back: await back };
}

describe('two agents', () => {
  it('are each one Peer to the other, over one direct channel', async () => {
    const { here, there, peer, back } = await openPair(() => {});
    expect(peer).toMatchObject({ did: there.agent.did, agentId: there.agent.id, workspace: 'default' });
    expect([peer.state, peer.path]).toEqual(['connected', 'direct']);
    expect(back).toMatchObject({ did: here.agent.did, agentId: here.agent.id });
    expect(await here.peers.connect(there.agent.did)).toBe(peer);
    expect(await there.peers.connect(here.agent.did)).toBe(back);
    expect(here.peers.get(there.agent.did)).toBe(peer);
    expect(there.peers.list()).toEqual([back]);
    expect(await peer.ping()).toBeGreaterThanOrEqual(0);
  });

  it('agree on an intent, execute with progress and streams, and both logs have it', async () => {
    const { here, there, peer } = await openPair((peers) => {
      peers.provide('count', counting, async ({ args, report, stream, accepted }) => {
        report({ fraction: 0, message: accepted?.status ?? 'none' });
        for (let n = 1; n <= args.to; n++) await stream(n);
        return args.to;
      });
    });
    const intent = await peer.sendIntent({ task: 'count', params: { to: 3 } });
    expect(intent).toMatchObject({ status: 'accepted', capability: 'count' });
    const { intentId } = intent;
    const execution = peer.execute({ capability: 'count', args: { to: 3 }, intentId });
    const [result, chunks, progress] = await Promise.all([
      execution.result,
      collect(execution.chunks),
      collect(execution.progress),
    ]);
    expect({ result, chunks }).toEqual({ result: 3, chunks: [1, 2, 3] });
    expect(progress).toContainEqual({ fraction: 0, message: 'accepted' });
    const { items } = await world.owner.actions.list({ limit: 100 });
    const asked = items.find(({ agentId }) => agentId === here.agent.id);
    const served = items.find(({ agentId }) => agentId === there.agent.id);
    expect(asked).toMatchObject({ action: 'peers.execute', status: 'executed' });
    expect(served).toMatchObject({ action: 'peers.serve:count', status: 'executed' });
    expect(served?.parameters).toMatchObject({ did: here.agent.did, args: { to: 3 }, intentId });
  });

  it('cancel', async () => {
    const started = Promise.withResolvers<AbortSignal>();
    const { peer } = await openPair((peers) => {
      peers.provide('count', counting, ({ signal }) => {
        started.resolve(signal);
        return new Promise(() => {});
      });
    });
    const execution = peer.execute({ capability: 'count', args: { to: 1 } });
    const refused = expect(execution.result).rejects.toMatchObject({ code: 'CONFLICT' });
    const signal = await started.promise;
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
    execution.cancel('I changed my mind.');
    await Promise.all([refused, aborted]);
    expect(signal.reason.message).toContain('I changed my mind.');
  });

  it('send bytes both ways', async () => {
    const { peer } = await openPair((peers) => {
      peers.provide('double', { description: 'Twice', input: z.object({}) }, async ({ bytes, write }) => {
        let size = 0;
        for await (const part of bytes) {
          size += part.length;
          await write(part);
          await write(part);
        }
        return size;
      });
    });
    const execution = peer.execute({ capability: 'double' });
    const part = new Uint8Array(100_000).fill(7);
    const write = async () => {
      for (let n = 0; n < 20; n++) await execution.write(part);
      await execution.end();
    };
    const [parts, result] = await Promise.all([collect(execution.bytes), execution.result, write()]);
    expect(parts.reduce((sum, { length }) => sum + length, 0)).toBe(4_000_000);
    expect(result).toBe(2_000_000);
  });

  it('talk over channels', async () => {
    const { there, peer } = await openPair(() => {});
    await expect(peer.openChannel('chat')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const opened = next(there.peers, 'channel');
    const channel = await peer.openChannel('chat');
    await channel.send('Are you there?');
    const { channel: other } = await opened;
    expect(other.label).toBe('chat');
    const questions = other.messages[Symbol.asyncIterator]();
    const { value: question } = await questions.next();
    await other.send(`You said: ${question}`);
    const answers = channel.messages[Symbol.asyncIterator]();
    expect(await answers.next()).toEqual({ done: false, value: 'You said: Are you there?' });
    await channel.close();
    expect(await questions.next()).toMatchObject({ done: true });
  });
});

describe('what goes wrong', () => {
  it.each<[string, Json, string]>([
    ['arguments that do not fit', { to: 'ten' }, 'VALIDATION_FAILED'],
    ['arguments out of range', { to: 1_000 }, 'VALIDATION_FAILED'],
  ])('is refused there: %s', async (_what, args, code) => {
    const { peer } = await openPair((peers) => peers.provide('count', counting, () => 1));
    const request = { capability: 'count', args: args as Record<string, Json> };
    await expect(peer.execute(request).result).rejects.toMatchObject({ code });
  });

  it('is an error event when a handler throws, which the peer is told no more of', async () => {
    const { there, peer } = await openPair((peers) => {
      peers.provide('count', counting, () => {
        throw new Error('my password is 1234');
      });
    });
    const failed = next(there.peers, 'error');
    const { result } = peer.execute({ capability: 'count', args: { to: 1 } });
    const refused = expect(result).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.not.stringContaining('1234'),
    });
    expect((await failed).message).toContain('1234');
    await refused;
  });

  it('an agent that nobody knows, or that is not there, is NOT_FOUND', async () => {
    const { peers } = await world.open('here');
    const { agent, peers: gone } = await world.open('gone');
    await gone.close();
    await expect(peers.connect(agent.did)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('who is not accepted learns so, and nothing else', async () => {
    const asked: string[] = [];
    const { agent: picky } = await world.open('picky', {
      accept: ({ did }) => {
        asked.push(did);
        return false;
      },
    });
    const { agent, peers } = await world.open('here');
    await expect(peers.connect(picky.did)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(asked).toEqual([agent.did]);
    expect(peers.list()).toEqual([]);
  });

  it('a second network of the same key takes over, and the first ends with CONFLICT', async () => {
    const { agent, peers } = await world.open('twice');
    const failed = next(peers, 'error');
    const second = await openPeers(agent, { bindAddress: '127.0.0.1' });
    expect(await failed).toMatchObject({ code: 'CONFLICT' });
    const { peers: other } = await world.open('other');
    expect((await other.connect(agent.did)).state).toBe('connected');
    await expect(peers.connect(agent.did)).rejects.toThrow();
    await second.close();
  });
});

describe('closing', () => {
  it('ends peers on both sides, and the registration', async () => {
    const { here, there, back } = await openPair(() => {});
    const closed = next(there.peers, 'closed');
    await Promise.all([here.peers.close(), here.peers.close()]);
    expect(await closed).toBe(back);
    expect([back.state, there.peers.list()]).toEqual(['closed', []]);
    await expect(there.peers.connect(here.agent.did)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('lets what runs finish and arrive, where it is given time', async () => {
    const finish = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const { there, peer } = await openPair((peers) => {
      peers.provide('count', counting, async () => {
        started.resolve();
        await finish.promise;
        return 'done';
      });
    });
    const { result } = peer.execute({ capability: 'count', args: { to: 1 } });
    await started.promise;
    const closed = there.peers.close({ finishWithinMs: 60_000 });
    const late = peer.execute({ capability: 'count', args: { to: 1 } }).result;
    await expect(late).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    finish.resolve();
    expect(await result).toBe('done');
    await closed;
  });

  it('aborts what does not finish in that time', async () => {
    const started = Promise.withResolvers<AbortSignal>();
    const { there, peer } = await openPair((peers) => {
      peers.provide('count', counting, ({ signal }) => {
        started.resolve(signal);
        return new Promise(() => {});
      });
    });
    const { result } = peer.execute({ capability: 'count', args: { to: 1 } });
    const refused = expect(result).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const signal = await started.promise;
    await there.peers.close({ finishWithinMs: 1 });
    await refused;
    expect(signal.aborted).toBe(true);
  });
});

describe('a gateway that restarts', () => {
  it('leaves channels alone, and knows agents again by itself', async () => {
    await using own = await openPeerWorld();
    const [here, there] = await Promise.all([own.open('here'), own.open('there')]);
    there.peers.provide('count', counting, ({ args }) => args.to);
    const peer = await here.peers.connect(there.agent.did);
    await own.restart();
    expect(await peer.ping()).toBeGreaterThanOrEqual(0);
    expect(peer.state).toBe('connected');
    const { peers: late } = await own.open('late');
    const again = await connectSoon(late, there.agent.did);
    expect(await again.execute({ capability: 'count', args: { to: 2 } }).result).toBe(2);
  });
});

/** It is registered again as soon as its session has found the gateway. */
async function connectSoon(peers: Peers, did: string): Promise<Peer> {
  for (;;) {
    try {
      return await peers.connect(did);
    } catch (error) {
      if ((error as { code?: string }).code !== 'NOT_FOUND') throw error;
      await peers.agent.agents.find({ isOnline: true });
    }
  }
}

describe('the operations', () => {
  it('run on the network that the agent was given', async () => {
    const there = await world.open('there');
    there.peers.provide('count', counting, async ({ args, stream }) => {
      await stream('on my way');
      return args.to;
    });
    const settings = world.settings();
    await using agent = await secure('with-operations', {
      ...settings,
      peers: (own) => openPeers(own, { bindAddress: '127.0.0.1' }),
    });
    const { did } = there.agent;
    const { intentId, status } = await agent.peers.sendIntent({ did, task: 'count', params: { to: 5 } });
    expect(status).toBe('accepted');
    const done = await agent.peers.execute({ did, capability: 'count', args: { to: 5 }, intentId });
    expect(done).toMatchObject({ result: 5, chunks: ['on my way'] });
    expect(await agent.peers.list()).toEqual({ items: [{ did, state: 'connected', path: 'direct' }] });
    expect(await agent.peers.close({ did })).toMatchObject({ did, state: 'closed' });
  });
});
