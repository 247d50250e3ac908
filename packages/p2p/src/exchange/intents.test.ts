import { BonafideError } from '@bonafide/core';
import type { IntentReply } from '@bonafide/core/models';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createExchangePair, type ExchangePair } from './testing/exchange-pair.ts';
import { provider, requester } from './testing/linked-pair.ts';
import type { IncomingIntent } from './types.ts';

const MINUTE_MS = 60_000;
const upper = { description: 'Makes text upper case', input: z.strictObject({ text: z.string() }) };
const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * MINUTE_MS).toISOString();

let exchange: ExchangePair;
beforeEach(() => {
  exchange = createExchangePair();
});
afterEach(() => exchange[Symbol.dispose]());

const replyWith = (reply: IntentReply) => exchange.offered.onIntent(() => reply);

describe('an intent', () => {
  it('is answered by the handler, who knows who asks', async () => {
    const asked: IncomingIntent[] = [];
    exchange.offered.onIntent((intent) => {
      asked.push(intent);
      return { status: 'declined', message: 'no' };
    });
    const answered = await exchange.peer.sendIntent('What is the weather?');
    expect(answered).toEqual({ intentId: expect.any(String), status: 'declined', message: 'no' });
    expect(asked).toEqual([
      { intentId: answered.intentId, from: requester, request: { query: 'What is the weather?' } },
    ]);
  });

  it('that names an offered capability is answered without a handler', async () => {
    exchange.offered.provide('upper', { ...upper, priceUsdc: '1.5' }, ({ args }) => args.text);
    const answered = await exchange.peer.sendIntent({ task: 'upper', params: { text: 'a' } });
    expect(answered).toMatchObject({
      status: 'accepted',
      capability: 'upper',
      requiredInput: { type: 'object', required: ['text'] },
      quote: { amountUsdc: '1.5' },
    });
    expect(await exchange.peer.sendIntent({ task: 'lower' })).toMatchObject({ status: 'declined' });
    expect(await exchange.peer.sendIntent('upper!')).toMatchObject({ status: 'declined' });
  });

  it('runs what it was accepted for, and the handler sees the reply', async () => {
    const accepted: unknown[] = [];
    exchange.offered.provide('upper', { ...upper, needsIntent: true }, (execution) => {
      accepted.push(execution.accepted);
      return execution.args.text.toUpperCase();
    });
    exchange.offered.provide('other', upper, () => 1);
    const request = { capability: 'upper', args: { text: 'a' } };
    await expect(exchange.peer.execute(request).result).rejects.toMatchObject({ code: 'CONFLICT' });
    const reply = { status: 'accepted' as const, capability: 'upper', expiresAt: inMinutes(5) };
    const removeReply = replyWith(reply);
    const { intentId } = await exchange.peer.sendIntent('shout');
    expect(await exchange.peer.execute({ ...request, intentId }).result).toBe('A');
    expect(accepted).toEqual([reply]);
    const other = exchange.peer.execute({ ...request, capability: 'other', intentId }).result;
    await expect(other).rejects.toMatchObject({ code: 'CONFLICT' });
    exchange.setNow(Date.now() + 6 * MINUTE_MS);
    await expect(exchange.peer.execute({ ...request, intentId }).result).rejects.toMatchObject({
      code: 'EXPIRED',
    });
    removeReply();
    replyWith({ status: 'declined' });
    const declined = await exchange.peer.sendIntent('shout');
    const late = exchange.peer.execute({ ...request, intentId: declined.intentId }).result;
    await expect(late).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it.each([
    ['no reply', { status: 'maybe' }],
    ['a quote that is over', { status: 'accepted', quote: { amountUsdc: '1', expiresAt: inMinutes(-1) } }],
    ['a time that is over', { status: 'accepted', expiresAt: inMinutes(-1) }],
    ['a capability that is not offered', { status: 'accepted', capability: 'nothing' }],
  ])('gets no bad reply: %s', async (_, reply) => {
    replyWith(reply as IntentReply);
    await expect(exchange.peer.sendIntent('?')).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(exchange.errors).toMatchObject([{ code: 'INTERNAL' }]);
  });

  it('learns of errors of ours, and of others nothing', async () => {
    const reasons: Error[] = [new BonafideError('FORBIDDEN', 'Not you.'), new Error('hunter2')];
    exchange.offered.onIntent(() => Promise.reject(reasons.shift()));
    await expect(exchange.peer.sendIntent('?')).rejects.toMatchObject({
      code: 'FORBIDDEN',
      details: { by: 'peer', from: provider.did, reason: 'Not you.' },
    });
    const failed = exchange.peer.sendIntent('?');
    await expect(failed).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(failed).rejects.not.toMatchObject({
      details: { reason: expect.stringContaining('hunter2') },
    });
  });

  it('is not waited for forever', async () => {
    exchange.offered.onIntent(() => new Promise(() => undefined));
    await expect(exchange.peer.sendIntent('?', { timeoutMs: 10 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    const caller = new AbortController();
    const asked = exchange.peer.sendIntent('?', { signal: caller.signal });
    caller.abort(new BonafideError('CONFLICT', 'Enough.'));
    await expect(asked).rejects.toMatchObject({ message: 'Enough.' });
    const last = exchange.peer.sendIntent('?');
    await exchange.peer.close();
    await expect(last).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(exchange.peer.sendIntent('?')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('is answered once, also when it comes twice', async () => {
    let asked = 0;
    exchange.offered.onIntent(() => ({ status: 'declined', message: String(++asked) }));
    const { link } = exchange.pair.here;
    const replies: unknown[] = [];
    link.onMessage((message) => void (message.type === 'INTENT' && replies.push(message.intent)));
    const intent = { kind: 'request' as const, request: { query: '?' } };
    for (let sent = 0; sent < 2; sent++) link.send({ type: 'INTENT', id: 'I1', intent });
    await expect.poll(() => replies).toHaveLength(1);
    link.send({ type: 'INTENT', id: 'I1', intent });
    await expect.poll(() => replies).toHaveLength(2);
    expect(asked).toBe(1);
  });

  it('is refused when too many wait', async () => {
    exchange.offered.onIntent(() => new Promise(() => undefined));
    const asked = Array.from({ length: 17 }, () => exchange.peer.sendIntent('?'));
    asked.slice(0, 16).forEach((each) => void each.catch(() => undefined));
    await expect(asked.at(-1)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('has one handler', () => {
    replyWith({ status: 'declined' });
    expect(() => replyWith({ status: 'declined' })).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  });
});
