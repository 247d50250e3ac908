import { describe, expect, it } from 'vitest';
import { connectRaw } from '../testing/session-client.ts';
import { startGateway } from '../testing/test-gateway.ts';

describe('the holder of an address', () => {
  it('is alone: a second hello is refused while it lives', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    await using session = await connectRaw(gateway.url, { proof });
    await expect(connectRaw(gateway.url, { proof })).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { address: 'ag::default::worker::default' },
    });
    expect(await session.call('gateway.getInfo')).toMatchObject({ name: 'bonafide-gateway' });
  });

  it('leaves with its connection, and its successor resumes', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    const first = await connectRaw(gateway.url, { proof });
    first.send({ t: 'bye' });
    await first.ended;
    const { resumeToken } = first.welcome;
    await using second = await connectRaw(gateway.url, { proof, resumeToken });
    expect(second.welcome).toMatchObject({ epoch: 2, isResumed: true });
    expect(second.welcome.resumeToken).not.toBe(resumeToken);
  });

  it('is replaced at once by whoever shows its resume token, which then is used up', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    await using first = await connectRaw(gateway.url, { proof });
    const { resumeToken } = first.welcome;
    await using second = await connectRaw(gateway.url, { proof, resumeToken });
    expect((await first.ended).problem.code).toBe('CONFLICT');
    expect(second.welcome).toMatchObject({ epoch: 2, isResumed: true });
    await second.call('gateway.getInfo');
    await expect(connectRaw(gateway.url, { proof, resumeToken })).rejects.toMatchObject({ code: 'CONFLICT' });
    // The predecessor that went late took nothing with it.
    const owner = { token: gateway.ownerToken };
    const { body } = await gateway.call(owner, 'connections.list');
    expect(body.items.map(({ sessionId }: { sessionId: string }) => sessionId)).toEqual([
      second.welcome.sessionId,
    ]);
  });

  it('is replaced by its own client that never got the welcome, as often as it comes', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    const principal = { type: 'pooled-task', implementation: 'crawl' } as const;
    await using first = await connectRaw(gateway.url, { proof, principal });
    const { resumeToken, address } = first.welcome;
    await using lost = await connectRaw(gateway.url, { proof, principal, resumeToken });
    await using again = await connectRaw(gateway.url, { proof, principal, resumeToken });
    expect(again.welcome).toMatchObject({ address, epoch: 3, isResumed: true });
    expect((await lost.ended).problem.code).toBe('CONFLICT');
    // The cut was seen by the gateway, too.
    await again[Symbol.asyncDispose]();
    await using last = await connectRaw(gateway.url, { proof, principal, resumeToken });
    expect(last.welcome).toMatchObject({ address, isResumed: true });
    // Which would have been too late for a token that was not the last even then.
    const { resumeToken: unknown } = lost.welcome;
    await using other = await connectRaw(gateway.url, { proof, principal, resumeToken: unknown });
    expect(other.welcome.address).not.toBe(address);
  });

  it('is replaced by the same credential that asks for it', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    await using first = await connectRaw(gateway.url, { proof });
    await using second = await connectRaw(gateway.url, { proof, takeOver: true });
    expect((await first.ended).problem.code).toBe('CONFLICT');
    expect(second.welcome).toMatchObject({ epoch: 2, isResumed: false });
  });

  it('is one of many who come at once', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    const comers = await Promise.allSettled(
      Array.from({ length: 20 }, () => connectRaw(gateway.url, { proof })),
    );
    const [winner, ...others] = comers.filter(({ status }) => status === 'fulfilled');
    expect(others).toEqual([]);
    if (winner?.status === 'fulfilled') await winner.value[Symbol.asyncDispose]();
  });

  it('is exactly one, however many take over at once', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    const sessions = await Promise.all(
      Array.from({ length: 10 }, () =>
        connectRaw(gateway.url, { proof, takeOver: true }).catch(() => undefined),
      ),
    );
    const owner = { token: gateway.ownerToken };
    const { body } = await gateway.call(owner, 'connections.list');
    expect(body.items).toHaveLength(1);
    const holder = sessions.find((session) => session?.welcome.sessionId === body.items[0].sessionId);
    expect(holder?.welcome.epoch).toBe(body.items[0].epoch);
    await Promise.all(sessions.map((session) => (session === holder ? undefined : session?.ended)));
    expect(await holder?.call('gateway.getInfo')).toMatchObject({ name: 'bonafide-gateway' });
    for (const session of sessions) await session?.[Symbol.asyncDispose]();
  });

  it('has the same pooled id and window again with its resume token, and no other', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    const principal = { type: 'pooled-task', implementation: 'crawl' } as const;
    await using first = await connectRaw(gateway.url, { proof, principal });
    await using other = await connectRaw(gateway.url, { proof, principal });
    expect(other.welcome.address).not.toBe(first.welcome.address);
    const { resumeToken, address } = first.welcome;
    await using again = await connectRaw(gateway.url, { proof, principal, resumeToken });
    expect(again.welcome).toMatchObject({ address, isResumed: true });
    const chosen = { ...principal, specifier: 'mine' };
    await expect(connectRaw(gateway.url, { proof, principal: chosen })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });
});
