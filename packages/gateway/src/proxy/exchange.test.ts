import { BonafideError } from '@bonafide/core/errors';
import { toProblem } from '@bonafide/core/problem';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createExchange, type Exchange, type ExchangeFrame, WINDOW_BYTES } from './exchange.ts';

const CHUNK_BYTES = 65_536;
const chunk = (bytes = CHUNK_BYTES) => `"${Buffer.alloc(bytes, 7).toString('base64')}"`;
const head = { t: 'response', status: 200, headers: [], hasBody: true } as const;

interface Opened {
  readonly exchange: Exchange;
  readonly toClient: ExchangeFrame[];
  readonly toService: ExchangeFrame[];
  readonly ended: () => number;
}

function open({ hasBody = true, timeoutMs = 60_000 } = {}): Opened {
  const toClient: ExchangeFrame[] = [];
  const toService: ExchangeFrame[] = [];
  const onEnd = vi.fn();
  const exchange = createExchange({
    client: { send: (frame) => toClient.push(frame) },
    service: { send: (frame) => toService.push(frame) },
    ...{ hasBody, timeoutMs, onEnd },
  });
  return { exchange, toClient, toService, ended: () => onEnd.mock.calls.length };
}

const kinds = (frames: readonly ExchangeFrame[]) => frames.map(({ t }) => t);
const codeOf = (frames: readonly ExchangeFrame[]) => {
  const last = frames.at(-1);
  return last?.t === 'abort' ? last.problem.code : undefined;
};

afterEach(() => {
  vi.useRealTimers();
});

describe('an exchange', () => {
  it('passes both bodies on and ends with the answer', () => {
    const { exchange, toClient, toService, ended } = open();
    exchange.fromClient({ t: 'chunk' }, chunk(3));
    exchange.fromClient({ t: 'finish' }, '');
    exchange.fromService(head, '');
    exchange.fromService({ t: 'chunk' }, chunk(5));
    exchange.fromService({ t: 'finish' }, '');
    expect(kinds(toService)).toEqual(['chunk', 'finish']);
    expect(kinds(toClient)).toEqual(['response', 'chunk', 'finish']);
    expect(ended()).toBe(1);
    exchange.fromService({ t: 'chunk' }, chunk(5));
    exchange.fromClient({ t: 'abort', problem: toProblem(new BonafideError('INTERNAL', 'late')) }, '');
    exchange.abort(new BonafideError('INTERNAL', 'late'));
    expect([toClient.length, toService.length, ended()]).toEqual([3, 2, 1]);
  });

  it('lets neither side send more than the other took', () => {
    const { exchange, toClient, toService } = open();
    for (let sent = 0; sent < WINDOW_BYTES; sent += CHUNK_BYTES) exchange.fromClient({ t: 'chunk' }, chunk());
    exchange.fromService({ t: 'more', count: CHUNK_BYTES }, '');
    expect(toClient).toEqual([{ t: 'more', count: CHUNK_BYTES }]);
    exchange.fromClient({ t: 'chunk' }, chunk());
    expect(codeOf(toService)).toBeUndefined();
    exchange.fromClient({ t: 'chunk' }, chunk(1));
    expect([codeOf(toClient), codeOf(toService)]).toEqual(['VALIDATION_FAILED', 'VALIDATION_FAILED']);
  });

  it.each([
    ['credit that nobody used', (exchange: Exchange) => exchange.fromService({ t: 'more', count: 1 }, '')],
    ['no credit', (exchange: Exchange) => exchange.fromService({ t: 'more', count: 0 }, '')],
    ['half a credit', (exchange: Exchange) => exchange.fromService({ t: 'more', count: 0.5 }, '')],
    ['a body before its head', (exchange: Exchange) => exchange.fromService({ t: 'chunk' }, chunk(1))],
    ['an end before its head', (exchange: Exchange) => exchange.fromService({ t: 'finish' }, '')],
    ['a status that is none', (exchange: Exchange) => exchange.fromService({ ...head, status: 99 }, '')],
    [
      'a header with a line break',
      (exchange: Exchange) => exchange.fromService({ ...head, headers: [['a', 'b\r\nc: d']] }, ''),
    ],
    [
      'two answers',
      (exchange: Exchange) => {
        exchange.fromService(head, '');
        exchange.fromService(head, '');
      },
    ],
    ['an answer of the client', (exchange: Exchange) => exchange.fromClient(head, '')],
    [
      'a chunk that is too long',
      (exchange: Exchange) => exchange.fromClient({ t: 'chunk' }, chunk(CHUNK_BYTES + 1)),
    ],
    ['an empty chunk', (exchange: Exchange) => exchange.fromClient({ t: 'chunk' }, '""')],
    ['a chunk that is no base64', (exchange: Exchange) => exchange.fromClient({ t: 'chunk' }, '"a"b="')],
    [
      'a chunk that is JSON of another kind',
      (exchange: Exchange) => exchange.fromClient({ t: 'chunk' }, '{"a":1}'),
    ],
  ])('is broken for both by %s', (_, work) => {
    const { exchange, toClient, toService, ended } = open();
    work(exchange);
    expect([codeOf(toClient), codeOf(toService), ended()]).toEqual([
      'VALIDATION_FAILED',
      'VALIDATION_FAILED',
      1,
    ]);
  });

  it('is broken by a body of a request that has none', () => {
    const { exchange, toService } = open({ hasBody: false });
    exchange.fromClient({ t: 'chunk' }, chunk(1));
    expect(kinds(toService)).toEqual(['abort']);
  });

  it('ends when a body has more than it may', () => {
    const { exchange, toClient } = open();
    exchange.fromService(head, '');
    for (let mebibytes = 0; mebibytes < 64; mebibytes += 1 / 16) {
      exchange.fromService({ t: 'chunk' }, chunk());
      exchange.fromClient({ t: 'more', count: CHUNK_BYTES }, '');
    }
    expect(codeOf(toClient)).toBeUndefined();
    exchange.fromService({ t: 'chunk' }, chunk(1));
    expect(codeOf(toClient)).toBe('PAYLOAD_TOO_LARGE');
  });

  it('tells the other side alone when one gives up, with no more than a known code and a short text', () => {
    const { exchange, toClient, toService } = open();
    const problem = {
      ...toProblem(new BonafideError('INTERNAL', 'x'.repeat(9000))),
      details: { stack: 'secret' },
    };
    exchange.fromService({ t: 'abort', problem }, '');
    expect(toService).toEqual([]);
    expect(codeOf(toClient)).toBe('INTERNAL');
    expect(JSON.stringify(toClient).length).toBeLessThan(800);
    expect(JSON.stringify(toClient)).not.toContain('secret');
    const other = open();
    other.exchange.fromClient({ t: 'abort', problem: 'nonsense' as never }, '');
    expect([other.toClient, codeOf(other.toService)]).toEqual([[], 'INTERNAL']);
  });

  it('ends for both when its time is over', () => {
    vi.useFakeTimers();
    const { toClient, toService, ended } = open({ timeoutMs: 1000 });
    vi.advanceTimersByTime(999);
    expect(ended()).toBe(0);
    vi.advanceTimersByTime(1);
    expect([codeOf(toClient), codeOf(toService), ended()]).toEqual(['TIMEOUT', 'TIMEOUT', 1]);
  });
});
