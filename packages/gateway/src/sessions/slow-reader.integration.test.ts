import { describe, expect, it, vi } from 'vitest';
import { connectRaw } from '../testing/session-client.ts';
import { startGateway, type TestGateway } from '../testing/test-gateway.ts';

// More than the buffers of a loopback connection take.
const CALLS = 60;

/** Calls that were run, of an operation with a large answer. */
const ran = ({ lines }: TestGateway) => lines.filter((line) => line.includes('"artifacts.get"')).length;

async function openPaused(gateway: TestGateway) {
  const proof = await gateway.register('worker');
  const content = Buffer.alloc(200_000, 7).toString('base64');
  const { body } = await gateway.call(proof, 'artifacts.put', { content, mediaType: 'text/plain' });
  const session = await connectRaw(gateway.url, { proof });
  session.socket.pause();
  const calls = Array.from({ length: CALLS }, () => session.call('artifacts.get', { cid: body.cid }));
  await vi.waitFor(() => expect(ran(gateway)).toBeGreaterThan(0), { timeout: 60_000 });
  return { session, calls };
}

describe('a client that does not read', () => {
  it('is not listened to until it reads again, and then loses nothing', async () => {
    await using gateway = await startGateway({ sessions: { maxQueuedBytes: 2_500_000 } });
    const { session, calls } = await openPaused(gateway);
    // Others are served all the while, often enough for every call to have been run.
    for (let index = 0; index < 20; index++) await gateway.call({}, 'gateway.getInfo');
    session.socket.resume();
    expect(await Promise.all(calls)).toHaveLength(CALLS);
    await session[Symbol.asyncDispose]();
  });

  it('is let go when it leaves too much unread, or takes nothing for three heartbeats', async () => {
    for (const options of [{ sessions: { maxQueuedBytes: 100_000 } }, { heartbeatMs: 50 }]) {
      await using gateway = await startGateway(options);
      const { session, calls } = await openPaused(gateway);
      for (const call of calls) call.catch(() => undefined);
      const owner = { token: gateway.ownerToken };
      await vi.waitFor(
        async () => {
          const { body } = await gateway.call(owner, 'connections.list');
          expect(body.items).toEqual([]);
        },
        { timeout: 60_000 },
      );
      await session[Symbol.asyncDispose]();
    }
  });
});
