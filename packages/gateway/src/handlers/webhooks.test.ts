import { readFileSync } from 'node:fs';
import { Webhook as Verifier } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openStream } from '../testing/event-stream.ts';
import { type Body, startGateway, type TestGateway } from '../testing/test-gateway.ts';
import { startReceiver } from '../webhooks/testing/receiver.ts';

const wait = (condition: () => Body) => vi.waitFor<Body>(condition, { timeout: 10_000, interval: 5 });
const url = 'https://1.1.1.1/hook/secret-path';

describe('a gateway as it comes', () => {
  let gateway: TestGateway;
  let owner: { token: string };
  beforeAll(async () => {
    gateway = await startGateway();
    owner = { token: gateway.ownerToken };
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const create = (input: Body = { url, types: ['never.happens'] }, headers = {}) =>
    gateway.call(owner, 'webhooks.create', input, headers);

  it.each([
    ...['http://1.1.1.1/', 'https://127.0.0.1/', 'https://localhost/', 'https://169.254.169.254/latest'],
    ...[
      'https://[::1]/',
      'https://10.1.2.3:8443/',
      'https://0x7f.1/',
      ['https://me', 'pass@1.1.1.1/'].join(':'),
      'ftp://1.1.1.1/',
    ],
  ])('refuses to call %s', async (hostile) => {
    const { status, body } = await create({ url: hostile, types: ['a.b'] });
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'VALIDATION_FAILED' });
    expect(body.issues.map((issue: Body) => issue.path)).toEqual(['url']);
  });

  it('shows the secret once, and keeps it readable nowhere', async () => {
    const key = { 'idempotency-key': 'one' };
    const { status, body } = await create(undefined, key);
    expect(status).toBe(200);
    expect(body).toMatchObject({ url, status: 'active', types: ['never.happens'] });
    expect(body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const again = await create(undefined, key);
    expect({ status: again.status, code: again.body.code }).toEqual({ status: 409, code: 'CONFLICT' });
    const { body: list } = await gateway.call(owner, 'webhooks.list');
    const { secret, ...shown } = body;
    expect(list.items).toEqual([shown]);
    const stored = [gateway.database, `${gateway.database}-wal`]
      .map((file) => readFileSync(file, 'latin1'))
      .join();
    expect(stored).toContain('never.happens');
    for (const form of [secret, secret.slice('whsec_'.length)]) {
      expect(stored).not.toContain(form);
      expect(gateway.lines.join()).not.toContain(form);
    }
  });

  it('writes who made and removed it to the log, without the path of the address', async () => {
    const { body } = await create();
    await gateway.call(owner, 'webhooks.delete', { webhookId: body.webhookId });
    const { body: log } = await gateway.call(owner, 'audit.list', { subject: body.webhookId });
    expect(log.items.map((entry: Body) => [entry.event, entry.data.host]).sort()).toEqual([
      ['webhook.created', '1.1.1.1'],
      ['webhook.deleted', '1.1.1.1'],
    ]);
    expect(JSON.stringify(log)).not.toContain('secret-path');
  });

  it('is for owners of the workspace only', async () => {
    const { body } = await create();
    const agent = await gateway.register('alice');
    const { ownerToken } = await gateway.gateway.createWorkspace('rival');
    for (const id of ['webhooks.delete', 'webhooks.listDeliveries', 'webhooks.redeliver'] as const) {
      const input = {
        webhookId: body.webhookId,
        ...(id === 'webhooks.redeliver' ? { deliveryId: body.webhookId } : {}),
      };
      expect((await gateway.call(agent, id, input)).status, id).toBe(403);
      expect((await gateway.call({ token: ownerToken }, id, input)).status, id).toBe(404);
    }
    expect((await gateway.call(agent, 'webhooks.create', { url, types: ['a.b'] })).status).toBe(403);
    expect((await gateway.call({ token: ownerToken }, 'webhooks.list')).body.items).toEqual([]);
  });

  it('has a limit for each workspace', async () => {
    const answers = [];
    for (let count = 0; count < 21; count++) answers.push((await create()).status);
    expect(answers.at(-1)).toBe(409);
    expect(answers.filter((status) => status === 200).length).toBeLessThanOrEqual(20);
  });
});

describe('delivery', () => {
  it('sends what the stream sends, lists it, repeats it, and goes on after a restart', async () => {
    await using receiver = await startReceiver();
    let gateway = await startGateway({ webhooks: { allowHttp: true, allowPrivateAddresses: true } });
    try {
      const owner = { token: gateway.ownerToken };
      const { body: made } = await gateway.call(owner, 'webhooks.create', {
        url: receiver.url,
        types: ['agent.*'],
      });
      const { webhookId, secret } = made;
      await using stream = await openStream(gateway, { sender: owner, path: '/v1/events?types=agent.*' });
      await gateway.register('alice');
      await wait(() => expect(receiver.received).toHaveLength(1));
      const { headers, body } = receiver.received[0] ?? { headers: {}, body: '' };
      expect(new Verifier(secret).verify(body, headers)).toEqual((await stream.next())?.data);

      const listed = await wait(async () => {
        const answer = await gateway.call(owner, 'webhooks.listDeliveries', {
          webhookId,
          status: 'delivered',
        });
        expect(answer.body.items).toHaveLength(1);
        return answer.body.items[0];
      });
      expect(listed).toMatchObject({ type: 'agent.registered', attempts: 1, lastStatus: 204 });
      expect(listed).not.toHaveProperty('body');
      const again = { webhookId, deliveryId: listed.deliveryId };
      expect((await gateway.call(owner, 'webhooks.redeliver', again)).body.status).toBe('pending');
      await wait(() => expect(receiver.received).toHaveLength(2));

      gateway = await gateway.restart();
      await gateway.register('bob');
      await wait(() => expect(receiver.received).toHaveLength(3));
      const last = receiver.received[2] ?? { headers: {}, body: '' };
      expect(new Verifier(secret).verify(last.body, last.headers)).toMatchObject({
        type: 'agent.registered',
      });
    } finally {
      await gateway[Symbol.asyncDispose]();
    }
  });
});
