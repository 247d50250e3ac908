import { expect, it } from 'vitest';
import { openSession } from '../testing/message-sessions.ts';
import { startGateway } from '../testing/test-gateway.ts';

const COUNT = 10_000;
const TURN = 500;
const CREDIT = 256;
const BOB = 'ag::default::bob::default';

it('10,000 messages wait for who is away, over a restart, and are drained in order within the credit', async () => {
  await using gateway = await startGateway();
  const [alice, bob] = [await gateway.register('alice'), await gateway.register('bob')];
  {
    await using sender = await openSession(gateway, alice);
    for (let start = 0; start < COUNT; start += TURN) {
      const bodies = Array.from({ length: TURN }, (_, index) => start + index);
      await Promise.all(bodies.map((body) => sender.put(BOB, body, { id: `m${body}` })));
    }
  }
  await using again = await gateway.restart();
  await using reader = await openSession(again, bob, { credit: CREDIT });
  let unacknowledged = 0;
  for (let index = 0; index < COUNT; index++) {
    const { d, body } = await reader.take();
    expect(body).toBe(index);
    const delivered = reader.raw.received.filter(({ frame }) => frame.t === 'msg').length;
    unacknowledged = Math.max(unacknowledged, delivered - index);
    if (index % 100 === 99) reader.ack(d);
    // What was read is not looked through again.
    if (index % 100 === 99) (reader.raw.received as unknown[]).splice(0);
  }
  expect(unacknowledged).toBeLessThanOrEqual(CREDIT);
  await reader.settle();
  const { body } = await again.call({ token: again.ownerToken }, 'queues.get', { address: BOB });
  expect(body).toMatchObject({ pending: 0, pendingBytes: 0, delivered: COUNT });
});
