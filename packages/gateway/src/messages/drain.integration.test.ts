import { decodeFrames, encodeFrame, type GatewayFrame } from '@bonafide/core/protocol';
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
  let seen = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const isFull = Promise.withResolvers<void>();
  const take = (data: unknown) => {
    for (const { frame, body } of decodeFrames<GatewayFrame>(String(data))) {
      if (frame.t !== 'msg') continue;
      if (body !== String(seen++)) reject(new Error(`${body} came as number ${seen}`));
      if (seen === CREDIT) isFull.resolve();
      if (seen > CREDIT && seen % 100 === 0) reader.ack(frame.d);
    }
    if (seen === COUNT) resolve();
  };
  const { received, socket } = reader.raw;
  socket.on('message', take);
  take(received.map(({ frame, body }) => encodeFrame(frame, body || undefined)).join(''));
  await isFull.promise;
  // An answer comes after all that was written before it.
  await reader.settle();
  expect(seen).toBe(CREDIT);
  reader.ack(CREDIT);
  await promise;
  reader.ack(COUNT);
  await reader.settle();
  const { body } = await again.call({ token: again.ownerToken }, 'queues.get', { address: BOB });
  expect(body).toMatchObject({ pending: 0, pendingBytes: 0, delivered: COUNT });
});
