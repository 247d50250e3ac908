import { describe, expect, it } from 'vitest';
import { connectRaw, helloFrame, openEvents } from '../testing/session-client.ts';
import { startGateway } from '../testing/test-gateway.ts';

describe('a session over events and POST', () => {
  it('is welcomed, calls operations, reads streams and says goodbye', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    await using session = await openEvents(gateway.url);
    session.send(await helloFrame(session, { proof }));
    const { frame } = await session.next('welcome');
    expect(frame.envelope.payload).toMatchObject({ address: 'ag::default::worker::default', epoch: 1 });
    expect(await session.call('agents.get', { agentId: proof.agentId })).toMatchObject({ name: 'worker' });
    session.send(
      { t: 'open', n: 100, op: 'events.stream', cursor: '0', credit: 5 },
      { types: ['agent.registered'] },
    );
    expect((await session.next('item')).body).toMatchObject({ type: 'agent.registered' });
    const owner = { token: gateway.ownerToken };
    const { body } = await gateway.call(owner, 'connections.list');
    expect(body.items).toMatchObject([{ transport: 'sse' }]);
    session.send({ t: 'bye' });
    expect((await session.ended).problem).toBeUndefined();
  });

  it('holds its address like any other, and gives it back when its stream breaks', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    const session = await openEvents(gateway.url);
    session.send(await helloFrame(session, { proof }));
    await session.next('welcome');
    await expect(connectRaw(gateway.url, { proof })).rejects.toMatchObject({ code: 'CONFLICT' });
    await using heir = await connectRaw(gateway.url, { proof, takeOver: true });
    expect(heir.welcome.epoch).toBe(2);
    expect((await session.ended).problem.code).toBe('CONFLICT');
  });

  it('takes frames and is read only with its secret, and is read once', async () => {
    await using gateway = await startGateway();
    await using session = await openEvents(gateway.url);
    const [connectionId = '', secret = ''] = session.ticket.split('.');
    const post = (ticket: string) =>
      gateway.send(
        {},
        {
          ...{ method: 'POST', path: '/v1/session/frames', body: '{"t":"ping"}\n' },
          headers: ticket === '' ? {} : { 'bonafide-connection': ticket },
        },
      );
    for (const ticket of ['', connectionId, `${connectionId}.wrong`, `other.${secret}`]) {
      expect((await post(ticket)).body.code).toBe('UNAUTHENTICATED');
    }
    const headers = { 'bonafide-connection': session.ticket };
    const twice = await gateway.send({}, { method: 'GET', path: '/v1/session/stream', headers });
    expect(twice.body.code).toBe('CONFLICT');
  });

  it('takes no frames before its stream is open, and nothing oversized', async () => {
    await using gateway = await startGateway();
    const { body: ticket } = await gateway.send({}, { method: 'POST', path: '/v1/session' });
    const headers = { 'bonafide-connection': `${ticket.connectionId}.${ticket.secret}` };
    const frames = { method: 'POST', path: '/v1/session/frames', headers };
    expect((await gateway.send({}, { ...frames, body: '{"t":"ping"}\n' })).body.code).toBe('CONFLICT');
    const large = await gateway.send({}, { ...frames, body: 'x'.repeat(2_000_000) }).catch(() => undefined);
    expect(large?.body.code ?? 'PAYLOAD_TOO_LARGE').toBe('PAYLOAD_TOO_LARGE');
  });

  it('is closed for garbage, and counts among those who did not say who they are', async () => {
    await using gateway = await startGateway({ sessions: { maxUnproven: 1 } });
    const session = await openEvents(gateway.url);
    const second = await gateway.send({}, { method: 'POST', path: '/v1/session' });
    expect(second.body.code).toBe('RATE_LIMITED');
    session.sendText('nonsense\n');
    expect((await session.ended).problem.code).toBe('VALIDATION_FAILED');
  });
});
