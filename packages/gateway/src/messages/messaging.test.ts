import { describe, expect, it } from 'vitest';
import { connectRaw, type HelloChange } from '../testing/session-client.ts';
import { startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';

const sessionOf = (gateway: TestGateway, { signer }: TestAgent, change: HelloChange = {}) =>
  connectRaw(gateway.url, { proof: { signer }, ...change });

const ALICE = 'ag::default::alice::default';
const BOB = 'ag::default::bob::default';

async function open(options?: Parameters<typeof startGateway>[0]) {
  const gateway = await startGateway(options);
  const [alice, bob] = [await gateway.register('alice'), await gateway.register('bob')];
  return { gateway, alice, bob, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() };
}

describe('a kept message', () => {
  it('is accepted with its sequence, delivered with who sent it, and gone once acknowledged', async () => {
    await using world = await open();
    const { gateway } = world;
    await using alice = await sessionOf(gateway, world.alice);
    await using bob = await sessionOf(gateway, world.bob);
    alice.send(
      { t: 'send', n: 1, to: 'ag.default.bob.default', kind: 'chat', id: 'm1', replyTo: 'm0' },
      { hi: 1 },
    );
    const { frame: accepted } = await alice.next('accepted');
    const [[n, sequence] = []] = accepted.list;
    expect(n).toBe(1);
    const { frame, body } = await bob.next('msg');
    expect(body).toEqual({ hi: 1 });
    expect(frame).toEqual({
      ...{ t: 'msg', d: 1, id: 'm1', from: ALICE, to: BOB, kind: 'chat', seq: sequence },
      ...{ at: expect.any(String), try: 1, replyTo: 'm0' },
    });
    bob.send({ t: 'ack', d: 1 });
    await bob.call('gateway.getHealth').catch(() => undefined);
    await bob[Symbol.asyncDispose]();
    await using again = await sessionOf(gateway, world.bob);
    alice.send({ t: 'send', n: 2, to: BOB, kind: 'chat', id: 'm2' }, 2);
    expect((await again.next('msg')).frame).toMatchObject({ id: 'm2', d: 1 });
  });
});
