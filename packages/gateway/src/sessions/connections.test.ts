import { describe, expect, it } from 'vitest';
import { connectRaw } from '../testing/session-client.ts';
import { startGateway } from '../testing/test-gateway.ts';

describe('connections', () => {
  it('are listed newest first, by type and by address in either form', async () => {
    await using gateway = await startGateway();
    const owner = { token: gateway.ownerToken };
    const proof = await gateway.register('worker');
    await using agent = await connectRaw(gateway.url, { proof });
    await using person = await connectRaw(gateway.url, { proof: owner, principal: { type: 'user' } });
    const list = async (input: object) => {
      const { body } = await gateway.call(owner, 'connections.list', input);
      return body.items.map(({ address }: { address: string }) => address);
    };
    expect(await list({})).toEqual([person.welcome.address, agent.welcome.address]);
    expect(await list({ principalType: 'agent' })).toEqual([agent.welcome.address]);
    expect(await list({ address: 'ag.default.worker.default' })).toEqual([agent.welcome.address]);
    const { body } = await gateway.call(owner, 'connections.list', { limit: 1 });
    expect(await list({ cursor: body.nextCursor })).toEqual([agent.welcome.address]);
    const { ownerToken } = await gateway.gateway.createWorkspace('other');
    const elsewhere = await gateway.call({ token: ownerToken }, 'connections.list');
    expect(elsewhere.body.items).toEqual([]);
  });

  it('are ended with their reason, at once or after a while, and written down', async () => {
    await using gateway = await startGateway({ sessions: { disconnectGraceMs: 50 } });
    const owner = { token: gateway.ownerToken };
    const proof = await gateway.register('worker');
    for (const isGraceful of [false, true]) {
      await using session = await connectRaw(gateway.url, { proof });
      const { sessionId } = session.welcome;
      const order = { sessionId, reason: 'maintenance', isGraceful };
      const { status } = await gateway.call(owner, 'connections.disconnect', order);
      expect(status).toBe(200);
      const { frame } = await session.next('signal');
      const signal = isGraceful ? 'graceful-disconnect' : 'force-disconnect';
      expect(frame).toEqual({ t: 'signal', signal, reason: 'maintenance' });
      if (isGraceful) await session.call('gateway.getInfo');
      expect((await session.ended).problem).toMatchObject({ code: 'UNAVAILABLE' });
      const { body: log } = await gateway.call(owner, 'audit.list', { subject: sessionId });
      expect(log.items[0]).toMatchObject({
        event: 'session.disconnected',
        data: { reason: 'maintenance', isGraceful },
      });
    }
  });

  it('of another workspace do not exist', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    await using session = await connectRaw(gateway.url, { proof });
    const { ownerToken } = await gateway.gateway.createWorkspace('other');
    const order = { sessionId: session.welcome.sessionId, reason: 'curious' };
    const { status } = await gateway.call({ token: ownerToken }, 'connections.disconnect', order);
    expect(status).toBe(404);
    expect(await session.call('gateway.getInfo')).toMatchObject({ name: 'bonafide-gateway' });
  });
});
