import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loopback, openPeerWorld, type PeerWorld } from '../../test/peer-world.ts';
import type { IncomingIntent, Peer } from '../exchange/types.ts';
import { Agent } from './agent.ts';
import { capability, type ExecutionOf } from './capability.ts';

let world: PeerWorld;
beforeAll(async () => {
  world = await openPeerWorld({
    cedar: 'permit (principal, action, resource == Operation::"peers.execute");',
  });
});
afterAll(() => world[Symbol.asyncDispose]());

let names = 0;
const startOptions = () => ({ ...loopback, ...world.settings(), name: `agent-${++names}` });

class Greeter extends Agent {
  readonly seen: string[] = [];
  readonly capabilities = {
    'hello.greet': capability({
      description: 'Greets somebody by name',
      input: z.object({ name: z.string() }),
      output: z.object({ greeting: z.string() }),
      priceUsdc: '0.10',
      risk: 'low',
    }),
    'hello.count': capability({
      description: 'Counts, after an accepted intent',
      input: z.object({ to: z.number() }),
      risk: 'low',
      needsIntent: true,
    }),
  };

  async execute({ capability, args, ...execution }: ExecutionOf<Greeter>) {
    if (capability === 'hello.greet') return { greeting: `Hello, ${args.name}!` };
    for (let n = 1; n < args.to; n++) await execution.stream(n);
    return args.to;
  }

  override onIntent(intent: IncomingIntent) {
    const { request } = intent;
    if (!('query' in request)) return super.onIntent(intent);
    return { status: 'accepted' as const, capability: 'hello.count', message: `You want: ${request.query}` };
  }

  override onStart() {
    this.seen.push(`start ${this.peers.list().length}`);
  }

  override onPeer({ did }: Peer) {
    this.seen.push(`peer ${did}`);
  }

  override onStop() {
    this.seen.push(`stop ${this.peers.list().length}`);
  }
}

describe('an agent', () => {
  it('is found by what it does, with everything needed to ask it', async () => {
    await using greeter = await new Greeter().start(startOptions());
    const { agent } = await world.open('seeker');
    const { items } = await agent.agents.find({ capability: 'hello.greet', isOnline: true });
    const found = items.find(({ did }) => did === greeter.agent.did);
    expect(found).toMatchObject({ capabilities: ['hello.greet', 'hello.count'], isOnline: true });
    expect(found?.skills?.[0]).toMatchObject({
      ...{ capability: 'hello.greet', priceUsdc: '0.10', risk: 'low' },
      inputSchema: { properties: { name: { type: 'string' } }, required: ['name'] },
    });
    expect(await agent.agents.find({ text: 'after an accepted intent' })).toMatchObject({
      items: [{ did: greeter.agent.did }],
    });
  });

  it('replies to intents and executes, and its hooks are called', async () => {
    const greeter = await new Greeter().start(startOptions());
    const { did } = greeter.agent;
    const { agent, peers } = await world.open('caller');
    const peer = await peers.connect(did);
    const task = await peer.sendIntent({ task: 'hello.greet', params: { name: 'Ada' } });
    expect(task).toMatchObject({ status: 'accepted', quote: { amountUsdc: '0.10' } });
    const greet = { capability: 'hello.greet', args: { name: 'Ada' }, intentId: task.intentId };
    expect(await peer.execute(greet).result).toEqual({ greeting: 'Hello, Ada!' });

    const count = { capability: 'hello.count', args: { to: 3 } };
    await expect(peer.execute(count).result).rejects.toMatchObject({ code: 'CONFLICT' });
    const words = await peer.sendIntent('Count to three.');
    expect(words).toMatchObject({ capability: 'hello.count', message: 'You want: Count to three.' });
    const execution = peer.execute({ ...count, intentId: words.intentId });
    const chunks: unknown[] = [];
    for await (const chunk of execution.chunks) chunks.push(chunk);
    expect([chunks, await execution.result]).toEqual([[1, 2], 3]);

    await greeter.stop();
    expect(greeter.seen).toEqual(['start 0', `peer ${agent.did}`, 'stop 1']);
    await expect(peers.connect(did)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await agent.agents.find({ capability: 'hello.greet', isOnline: true })).toEqual({ items: [] });
  });

  it('finishes what runs before it stops, however often it is told', async () => {
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    class Slow extends Agent {
      readonly capabilities = {
        'slow.work': capability({ description: 'Takes its time', input: z.object({}), risk: 'low' }),
      };
      async execute() {
        started.resolve();
        await finish.promise;
        return 'done';
      }
    }
    const slow = await new Slow().start(startOptions());
    const { peers } = await world.open('caller');
    const peer = await peers.connect(slow.agent.did);
    const { result } = peer.execute({ capability: 'slow.work' });
    await started.promise;
    const stopped = Promise.all([slow.stop(), slow.stop()]);
    finish.resolve();
    expect(await result).toBe('done');
    await stopped;
    expect(() => slow.peers).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
  });
});

describe('an agent that cannot start', () => {
  it('leaves nothing behind when its hook fails', async () => {
    class Broken extends Greeter {
      override onStart(): never {
        throw new Error('no database');
      }
    }
    const options = startOptions();
    const broken = new Broken();
    await expect(broken.start(options)).rejects.toThrow('no database');
    const { agent } = await world.open('seeker');
    expect(await agent.agents.find({ capability: 'hello.greet', isOnline: true })).toEqual({ items: [] });
    await expect(broken.start(options)).rejects.toMatchObject({ code: 'CONFLICT' });
    await broken.stop();
  });

  it('says which capability cannot be published, before it asks anybody', async () => {
    class Shouting extends Agent {
      readonly capabilities = { SHOUT: capability({ description: 'Shouts', input: z.object({}) }) };
      execute() {
        return null;
      }
    }
    await expect(new Shouting().start({ name: 'x', url: 'http://127.0.0.1:9' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      message: expect.stringContaining("'SHOUT'"),
    });
  });
});
