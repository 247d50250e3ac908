import { BonafideError } from '@bonafide/core/errors';
import { describe, expect, it } from 'vitest';
import { createMemoryBus } from '../bus/memory/memory-bus.ts';
import type { Hub, Session } from '../sessions/session.ts';
import type { Exchange, ExchangeFrame, Leg } from './exchange.ts';
import { createRemote } from './remote.ts';

const request: ExchangeFrame = {
  t: 'request',
  ...{ to: 'sv::a::b', method: 'POST', path: '/', headers: [], timeoutMs: 60_000, hasBody: true },
};
const hubOf = (names: readonly string[]) =>
  ({
    find: (_: string, name: string) => (names.includes(name) ? ({ name } as Session) : undefined),
  }) as unknown as Hub;

type Seen = readonly [frame: ExchangeFrame, body: string | undefined];

/** Two gateways on one bus; the service is connected to the second. */
function join(names: readonly string[] = ['sv::a::b']) {
  const bus = createMemoryBus();
  const atService: Seen[] = [];
  const atCaller: Seen[] = [];
  const admitted: { exchange: Exchange; isReleased: boolean }[] = [];
  createRemote({
    ...{ bus, hub: hubOf(names), gatewayId: 'second' },
    admit(_, exchange) {
      const one = { exchange, isReleased: false };
      admitted.push(one);
      const leg: Leg = { send: (frame, body) => atService.push([frame, body]) };
      const release = () => {
        one.isReleased = true;
      };
      return { leg, release };
    },
  });
  const first = createRemote({
    ...{ bus, hub: hubOf([]), gatewayId: 'first' },
    admit: () => {
      throw new Error('nothing is served here');
    },
  });
  const exchange: Exchange = {
    fromClient: () => undefined,
    fromService: (frame, body) => atCaller.push([frame, body]),
    abort: () => undefined,
  };
  const service = { workspace: 'default', name: 'sv::a::b', gatewayId: 'second' } as const;
  const connected = first.connect(service, exchange);
  connected.leg.send(request);
  return { ...connected, atService, atCaller, admitted };
}

describe('a service on another gateway', () => {
  it('gets every frame, and its own come back', () => {
    const { leg, atService, atCaller, admitted } = join();
    leg.send({ t: 'chunk' }, '"AAAA"');
    leg.send({ t: 'finish' });
    expect(atService).toEqual([
      ...[
        [request, undefined],
        [{ t: 'chunk' }, '"AAAA"'],
        [{ t: 'finish' }, undefined],
      ],
    ]);
    const head = { t: 'response', status: 200, headers: [['a', 'b']], hasBody: true } as const;
    admitted[0]?.exchange.fromService(head, '');
    admitted[0]?.exchange.fromService({ t: 'chunk' }, '"BBBB"');
    expect(admitted[0]?.isReleased).toBe(false);
    admitted[0]?.exchange.fromService({ t: 'finish' }, '');
    expect(atCaller).toEqual([
      [head, ''],
      [{ t: 'chunk' }, '"BBBB"'],
      [{ t: 'finish' }, ''],
    ]);
    expect(admitted[0]?.isReleased).toBe(true);
  });

  it('is told when the caller gives up, and forgotten', () => {
    const { leg, atService, admitted } = join();
    leg.send({ t: 'abort', problem: { code: 'TIMEOUT' } as never });
    expect(atService.at(-1)?.[0].t).toBe('abort');
    expect(admitted[0]?.isReleased).toBe(true);
    leg.send({ t: 'chunk' }, '"AAAA"');
    expect(atService.at(-1)?.[0].t).toBe('abort');
  });

  it('that leaves in the middle, or left before, is told to the caller', () => {
    const { atCaller, admitted } = join();
    admitted[0]?.exchange.abort(new BonafideError('UNAVAILABLE', 'gone'));
    expect(atCaller).toMatchObject([[{ t: 'abort', problem: { code: 'UNAVAILABLE', detail: 'gone' } }, '']]);
    expect(join([]).atCaller).toMatchObject([[{ t: 'abort', problem: { code: 'UNAVAILABLE' } }, '']]);
  });

  it('tells nothing to a caller that was released', () => {
    const { release, atCaller, admitted } = join();
    release();
    admitted[0]?.exchange.fromService({ t: 'finish' }, '');
    expect(atCaller).toEqual([]);
  });
});
