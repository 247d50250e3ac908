import { Webhook as Verifier } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CHAIN_WORKSPACE } from '../workspaces/names.ts';
import { redeliver } from './deliveries.ts';
import { type Bench, createBench } from './testing/bench.ts';
import { type Receiver, startReceiver } from './testing/receiver.ts';
import { deleteWebhook } from './webhooks.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

// A deadline for a busy machine, no measure.
vi.setConfig({ testTimeout: 30_000 });

let bench: Bench;
let receiver: Receiver;
beforeEach(async () => {
  bench = await createBench();
  receiver = await startReceiver();
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

const wait = (condition: () => void) => vi.waitFor(condition, { timeout: 20_000, interval: 5 });
const statuses = (webhookId: string) => bench.deliveries(webhookId).map(({ status }) => status);
const idsOf = ({ received }: Receiver) => received.map(({ headers }) => headers['webhook-id']);
const eventTypes = () =>
  bench.services.store.read.events
    .listAfter({ workspaces: ['default'], after: 0, limit: 1000 })
    .map(({ type }) => type);

describe('a webhook', () => {
  it('gets the events it asked for, from its creation on, signed so that Standard Webhooks verifies them', async () => {
    bench.start();
    await bench.emit('thing.before');
    const { webhookId, secret } = await bench.create(receiver.url);
    await bench.emit('other.made');
    await bench.emit('thing.made', { n: 7 });
    await wait(() => expect(statuses(webhookId)).toEqual(['delivered']));
    const [request] = receiver.received;
    const event = new Verifier(secret).verify(request?.body ?? '', request?.headers ?? {});
    expect(event).toEqual({
      ...{
        specversion: '1.0',
        id: expect.stringMatching(/^\d+$/),
        source: 'did:key:zTest',
        type: 'thing.made',
      },
      ...{ subject: 's', time: new Date(bench.nowMs()).toISOString(), data: { n: 7 } },
    });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'bonafide-gateway/1.2.3',
      'webhook-id': bench.deliveries(webhookId)[0]?.deliveryId,
    });
    const wrong = new Verifier(`whsec_${Buffer.alloc(32).toString('base64')}`);
    expect(() => wrong.verify(request?.body ?? '', request?.headers ?? {})).toThrow('signature');
    expect(receiver.received).toHaveLength(1);
  });

  it('gets events of the chain, and none of another workspace', async () => {
    bench.start();
    const { webhookId } = await bench.create(receiver.url);
    await bench.emit('thing.elsewhere', { n: 1 }, 'rival');
    await bench.emit('thing.on-chain', { n: 2 }, CHAIN_WORKSPACE);
    await wait(() => expect(statuses(webhookId)).toEqual(['delivered']));
    expect(receiver.received.map(({ body }) => JSON.parse(body).type)).toEqual(['thing.on-chain']);
  });

  it('gets what was committed while no gateway ran, each once and in order of queueing', async () => {
    const { webhookId } = await bench.create(receiver.url);
    await bench.commit((tx) => {
      for (let n = 0; n < 250; n++) {
        tx.event({ type: n % 2 ? 'thing.made' : 'other.made', subject: 's', data: { n } });
      }
    });
    await bench.reopen();
    bench.start();
    await wait(() => expect(receiver.received).toHaveLength(125));
    await wait(() => expect(new Set(statuses(webhookId))).toEqual(new Set(['delivered'])));
    await bench.reopen();
    bench.start();
    await bench.emit('thing.last');
    await wait(() => expect(receiver.received).toHaveLength(126));
    expect(new Set(idsOf(receiver)).size).toBe(126);
  });

  it('has no more than a few requests open at once', async () => {
    receiver.status = 'hold';
    bench.start();
    const { webhookId } = await bench.create(receiver.url);
    for (let n = 0; n < 12; n++) await bench.emit('thing.made', { n });
    await wait(() => expect(receiver.received).toHaveLength(4));
    await wait(() => expect(statuses(webhookId)).toHaveLength(12));
    receiver.status = 200;
    receiver.release(200);
    await wait(() => expect(receiver.received).toHaveLength(12));
  });
});

describe('a receiver that fails', () => {
  it('is asked again on the schedule, with the same id, until the last attempt raises an alert', async () => {
    receiver.status = 500;
    bench.start();
    const { webhookId } = await bench.create(receiver.url);
    await bench.emit('thing.made');
    const waits: number[] = [];
    for (let attempt = 1; attempt < 8; attempt++) {
      await wait(() =>
        expect(bench.deliveries(webhookId)[0]).toMatchObject({ attempts: attempt, lastStatus: 500 }),
      );
      const [delivery] = bench.deliveries(webhookId);
      const waitMs = Date.parse(delivery?.nextAttemptAt ?? '') - bench.nowMs();
      waits.push(waitMs);
      // A long wait is slept in parts.
      for (let rest = waitMs; rest > 0; rest -= HOUR_MS) {
        await wait(() => expect(bench.nextTimerMs()).toBe(Math.min(rest, HOUR_MS)));
        expect(receiver.received).toHaveLength(attempt);
        bench.advance(Math.min(rest, HOUR_MS));
      }
    }
    await wait(() => expect(statuses(webhookId)).toEqual(['failed']));
    expect(waits).toEqual([
      ...[5000, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 10 * HOUR_MS],
    ]);
    expect(receiver.received).toHaveLength(8);
    expect(new Set(idsOf(receiver)).size).toBe(1);
    expect(eventTypes().filter((type) => type === 'alert.raised')).toHaveLength(1);
  });

  it('is sent again by hand, with the same id, also after the last attempt and after a success', async () => {
    receiver.status = 500;
    bench.start();
    const { webhookId } = await bench.create(receiver.url);
    await bench.emit('thing.made');
    await wait(() => expect(bench.deliveries(webhookId)[0]?.attempts).toBe(1));
    receiver.status = 200;
    const deliveryId = bench.deliveries(webhookId)[0]?.deliveryId ?? '';
    for (const count of [2, 3]) {
      await bench.commit((tx) => redeliver(tx, { webhookId, deliveryId }));
      await wait(() =>
        expect(bench.deliveries(webhookId)[0]).toMatchObject({ status: 'delivered', attempts: count }),
      );
    }
    expect(idsOf(receiver)).toEqual([deliveryId, deliveryId, deliveryId]);
    expect(
      bench.services.store.read.webhooks.get({ workspace: 'default', id: webhookId }),
    ).not.toHaveProperty('failingSince');
  });

  it('and is gone gets nothing more', async () => {
    receiver.status = 410;
    bench.start();
    const { webhookId } = await bench.create(receiver.url);
    await bench.emit('thing.made');
    await wait(() => expect(statuses(webhookId)).toEqual(['failed']));
    expect(bench.services.store.read.webhooks.get({ workspace: 'default', id: webhookId })).toMatchObject({
      status: 'disabled',
      disabledReason: 'The receiver answered 410 Gone.',
    });
    await bench.emit('thing.made');
    const deliveryId = bench.deliveries(webhookId)[0]?.deliveryId ?? '';
    await expect(bench.commit((tx) => redeliver(tx, { webhookId, deliveryId }))).rejects.toThrow('disabled');
    expect(receiver.received).toHaveLength(1);
    expect(eventTypes()).toEqual(expect.arrayContaining(['webhook.disabled', 'alert.raised']));
  });

  it('for five days is given up', async () => {
    receiver.status = 503;
    bench.start();
    const { webhookId } = await bench.create(receiver.url);
    await bench.emit('thing.made');
    await wait(() => expect(bench.deliveries(webhookId)[0]?.attempts).toBe(1));
    bench.advance(5 * 24 * HOUR_MS);
    await bench.emit('thing.made');
    await wait(() => expect(new Set(statuses(webhookId))).toEqual(new Set(['failed'])));
    expect(eventTypes()).toContain('webhook.disabled');
  });

  it('by redirecting is not followed', async () => {
    receiver.status = 307;
    bench.start();
    const { webhookId } = await bench.create(receiver.url);
    await bench.emit('thing.made');
    await wait(() =>
      expect(bench.deliveries(webhookId)[0]).toMatchObject({ lastStatus: 307, status: 'pending' }),
    );
  });

  it('says why without an address', async () => {
    await receiver[Symbol.asyncDispose]();
    bench.start();
    const { webhookId } = await bench.create(receiver.url);
    await bench.emit('thing.made');
    await wait(() =>
      expect(bench.deliveries(webhookId)[0]?.lastError).toBe('The request failed: ECONNREFUSED.'),
    );
  });
});

describe('a receiver that never answers', () => {
  it('delays no other, and is cut off by the stop to be asked again at the next start', async () => {
    await using silent = await startReceiver('hold');
    bench.start();
    const slow = await bench.create(silent.url);
    const good = await bench.create(receiver.url);
    for (let n = 0; n < 20; n++) await bench.emit('thing.made', { n });
    await wait(() => expect(receiver.received).toHaveLength(20));
    await wait(() => expect(new Set(statuses(good.webhookId))).toEqual(new Set(['delivered'])));
    await wait(() => expect(silent.received).toHaveLength(4));
    await bench.stop();
    expect(new Set(statuses(slow.webhookId))).toEqual(new Set(['pending']));
    expect(bench.deliveries(slow.webhookId).every(({ attempts }) => attempts === 0)).toBe(true);
    const before = new Set(idsOf(silent));
    silent.status = 200;
    await bench.reopen();
    bench.start();
    await wait(() => expect(new Set(statuses(slow.webhookId))).toEqual(new Set(['delivered'])));
    expect(idsOf(silent).filter((id) => before.has(id ?? ''))).toHaveLength(8);
  });
});

describe('a store that cannot be written', () => {
  it('does not turn one delivery into a flood', async () => {
    bench.start();
    const { webhookId } = await bench.create(receiver.url);
    const { ledger } = bench.services;
    const { commit } = ledger;
    await bench.emit('thing.made');
    const broken = vi.spyOn(ledger, 'commit').mockImplementation((origin, work) => {
      if (receiver.received.length > 0) return Promise.reject(new Error('disk full'));
      return commit(origin, work);
    });
    await wait(() => expect(bench.nextTimerMs()).toBe(5000));
    expect(receiver.received).toHaveLength(1);
    broken.mockRestore();
    bench.advance(5000);
    await wait(() => expect(statuses(webhookId)).toEqual(['delivered']));
    expect(new Set(idsOf(receiver)).size).toBe(1);
  });
});

it('a deleted webhook gets nothing more, and its deliveries are gone', async () => {
  receiver.status = 'hold';
  bench.start();
  const { webhookId } = await bench.create(receiver.url);
  await bench.emit('thing.made');
  await wait(() => expect(receiver.received).toHaveLength(1));
  await bench.commit((tx) => deleteWebhook(tx, webhookId));
  receiver.release(200);
  await bench.emit('thing.made');
  await bench.stop();
  expect(bench.deliveries(webhookId)).toEqual([]);
  expect(receiver.received).toHaveLength(1);
});
