import { expect, it } from 'vitest';
import { joinAs } from '../testing/people.ts';
import { signed, startGateway } from '../testing/test-gateway.ts';
import { createSeats } from './seats.ts';

it('lets a caller follow a hundred streams at a time, and take the seat of one that ended', async () => {
  await using gateway = await startGateway();
  const [owner, member] = [{ token: gateway.ownerToken }, await joinAs(gateway, 'member')];
  const open = async (sender = owner) => {
    const end = new AbortController();
    const request = await signed(gateway.url, { sender, request: { method: 'GET', path: '/v1/events' } });
    const { status } = await fetch(`${gateway.url}/v1/events`, { ...request, signal: end.signal });
    return { status, end };
  };
  const streams = await Promise.all(Array.from({ length: 103 }, () => open()));
  expect(streams.filter(({ status }) => status === 429)).toHaveLength(3);
  expect((await open(member)).status).toBe(200);
  expect((await gateway.call(owner, 'agents.list')).status).toBe(200);
  streams.find(({ status }) => status === 200)?.end.abort();
  await expect.poll(async () => (await open()).status).toBe(200);
  expect((await open()).status).toBe(429);
  for (const { end } of streams) end.abort();
});

it('gives back the seat of a report that was made, or refused', async () => {
  await using gateway = await startGateway();
  const owner = { token: gateway.ownerToken };
  for (const reportType of ['nonsense', 'soc2', 'nonsense', 'soc2', 'nonsense', 'soc2']) {
    const { status } = await gateway.call(owner, 'compliance.report', { reportType });
    expect(status).toBe(reportType === 'soc2' ? 200 : 400);
  }
});

it('seats two reports for each caller, and any number of cheap calls', () => {
  const seats = createSeats();
  const [report, list] = [
    { id: 'compliance.report', kind: 'remote' },
    { id: 'agents.list', kind: 'remote' },
  ] as const;
  const leave = seats.take('member:a', report);
  seats.take('member:a', report);
  expect(() => seats.take('member:a', report)).toThrow('2 calls of compliance.report');
  seats.take('member:b', report);
  for (let index = 0; index < 1000; index++) seats.take('member:a', list);
  leave();
  seats.take('member:a', report);
  expect(() => seats.take('member:a', report)).toThrow();
});

it('seats a thousand who wait for tasks with one credential, and no more', () => {
  const seats = createSeats();
  const claim = { id: 'tasks.claim', kind: 'remote' } as const;
  const leave = Array.from({ length: 1000 }, () => seats.take('agent:a', claim));
  expect(() => seats.take('agent:a', claim)).toThrow('1000 calls of tasks.claim');
  seats.take('agent:b', claim);
  leave[0]?.();
  seats.take('agent:a', claim);
});
