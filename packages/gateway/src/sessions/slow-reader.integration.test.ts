import { describe, expect, it, vi } from 'vitest';
import { connectRaw } from '../testing/session-client.ts';
import { startGateway } from '../testing/test-gateway.ts';

describe('a client that does not read', () => {
  it('is not listened to until it reads again, and then loses nothing', async () => {
    await using gateway = await startGateway({ sessions: { maxQueuedBytes: 65_536 } });
    const proof = await gateway.register('worker');
    await using session = await connectRaw(gateway.url, { proof });
    session.socket.pause();
    const calls = Array.from({ length: 20_000 }, () => session.call('gateway.getInfo'));
    // What the gateway does not take stays with the client.
    await vi.waitFor(() => expect(session.socket.bufferedAmount).toBeGreaterThan(0), { timeout: 60_000 });
    session.socket.resume();
    const answers = await Promise.all(calls);
    expect(answers).toHaveLength(20_000);
  });

  it('is let go after three heartbeats in which it took nothing', async () => {
    await using gateway = await startGateway({ heartbeatMs: 50, sessions: { maxQueuedBytes: 65_536 } });
    const proof = await gateway.register('worker');
    await using session = await connectRaw(gateway.url, { proof });
    session.socket.pause();
    for (let n = 1; n <= 20_000; n++) session.send({ t: 'call', n, op: 'gateway.getInfo' }, {});
    const owner = { token: gateway.ownerToken };
    await vi.waitFor(
      async () => {
        const { body } = await gateway.call(owner, 'connections.list');
        expect(body.items).toEqual([]);
      },
      { timeout: 60_000 },
    );
  });
});
