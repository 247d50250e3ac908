import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createExchangePair, type ExchangePair } from './testing/exchange-pair.ts';
import { provider } from './testing/linked-pair.ts';

let exchange: ExchangePair;
beforeEach(() => {
  exchange = createExchangePair();
});
afterEach(() => exchange[Symbol.dispose]());

describe('two peers', () => {
  it('hear each other', async () => {
    expect(await exchange.peer.ping()).toBeGreaterThanOrEqual(0);
  });

  it('tell each other what belongs to a gateway', async () => {
    const { link } = exchange.pair.here;
    const problems: unknown[] = [];
    link.onMessage((message) => void (message.type === 'ERROR' && problems.push(message.problem)));
    link.send({ type: 'REGISTER', id: 'R1', allowsRelay: true });
    await expect.poll(() => problems).toMatchObject([{ code: 'UNSUPPORTED' }]);
  });

  it('see each other, and how', async () => {
    await exchange.peer.ping();
    expect(exchange.peer).toMatchObject({ ...provider, state: 'connected', path: 'direct' });
    exchange.pair.cut();
    await expect.poll(() => exchange.peer.state).toBe('suspended');
    expect(exchange.peer.path).toBeUndefined();
    expect(exchange.events).not.toContain('here closed');
    await exchange.peer.close();
    expect(exchange.events.slice(-2)).toEqual(['here changed', 'here closed']);
  });

  it('open channels, which somebody must take', async () => {
    await expect(exchange.peer.openChannel('chat')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    exchange.echoChannels();
    const channel = await exchange.peer.openChannel('chat');
    await channel.send('hello');
    const messages = channel.messages[Symbol.asyncIterator]();
    expect(await messages.next()).toMatchObject({ value: 'hello' });
    await channel.close();
  });

  it('go on after answers to what nobody asked', async () => {
    const { link } = exchange.pair.there;
    link.send({ type: 'PONG', id: 'P', correlationId: 'nothing', sequence: 7 });
    link.send({ type: 'ERROR', id: 'E', problem: { code: 'INTERNAL', detail: 'who knows' } });
    const response = { status: 'success' as const, result: 1, durationMs: 1 };
    link.send({ type: 'EXEC_RESPONSE', id: 'X', correlationId: 'nothing', response });
    const request = { action: 'cancel' as const };
    exchange.pair.here.link.send({ type: 'EXEC_REQUEST', id: 'C', correlationId: 'nothing', request });
    expect(await exchange.peer.ping()).toBeGreaterThanOrEqual(0);
  });
});
