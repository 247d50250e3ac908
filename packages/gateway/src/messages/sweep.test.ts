import { describe, expect, it, vi } from 'vitest';
import { createFloor, type Seat } from '../testing/message-floor.ts';
import { createMessageSweep } from './sweep.ts';

const POOL = 'tb::default::crunch';
const triesOf = ({ received }: Seat) =>
  received.flatMap(({ frame, body }) => (frame.t === 'msg' ? [[JSON.parse(body), frame.try]] : []));

describe('what waits for a pool', () => {
  it('is delivered though the store failed when it was shared out, and nothing else happens', async () => {
    await using floor = await createFloor();
    const { services } = floor;
    const { store } = services;
    const sender = await floor.open('ag::default::a::1');
    sender.send({ t: 'send', n: 1, to: POOL, kind: 'chat', id: 'm1' }, 1);
    await floor.settle();
    let failures = 0;
    const broken = () => {
      failures++;
      return Promise.reject(new Error('disk full'));
    };
    const consumer = await floor.open('ta::default::crunch::1');
    Object.assign(services, { store: { ...store, commit: broken } });
    consumer.drain();
    await vi.waitFor(() => expect(failures).toBeGreaterThan(0));
    Object.assign(services, { store });
    await vi.waitFor(() => expect(triesOf(consumer)).toEqual([[1, 1]]), { timeout: 20_000 });
  });
});

describe('what a consumer of a pool holds', () => {
  it('stays its own while its gateway lives, and goes to another once that is gone with its sessions', async () => {
    await using floor = await createFloor();
    const { services } = floor;
    const sweep = createMessageSweep(services);
    const gone = await floor.open('ta::default::crunch::1');
    const { sessionId } = gone.session;
    const gatewayId = 'dead';
    await services.store.commit(({ gateways, sessions }) => {
      gateways.insert({ gatewayId, host: 'h', pid: 1 }, services.now());
      sessions.put({
        ...{ sessionId, gatewayId, epoch: 1, workspace: 'default', address: gone.session.name },
        ...{ principalType: 'pooled-task', actor: 'x', transport: 'websocket' },
        connectedAt: new Date(services.now()).toISOString(),
      });
    });
    const sender = await floor.open('ag::default::a::1');
    for (const body of [1, 2, 3])
      sender.send({ t: 'send', n: body, to: POOL, kind: 'chat', id: `m${body}` }, body);
    await floor.settle();
    expect(triesOf(gone)).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
    ]);
    gone.send({ t: 'ack', d: 1 });
    const heir = await floor.open('ta::default::crunch::2');
    await sweep.sweep();
    await floor.settle();
    expect(triesOf(heir)).toEqual([]);

    await services.store.commit(({ gateways }) => gateways.remove(gatewayId));
    await sweep.sweep();
    await floor.settle();
    const all = [...triesOf(gone).slice(3), ...triesOf(heir)].sort(([a], [b]) => a - b);
    expect(all).toEqual([
      [2, 2],
      [3, 2],
    ]);
  });
});
