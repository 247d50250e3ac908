import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BonafideError } from '../errors.ts';
import { decodeFrames, encodeFrame } from './codec.ts';
import { type ClientFrame, framesWithBody, type GatewayFrame } from './frames.ts';

const text = fc.string({ unit: 'binary', maxLength: 30 });
const number = fc.integer({ min: -1_000_000, max: 1_000_000 });

/** Frames with hostile values in their fields, those of kinds with a body among them. */
const frame: fc.Arbitrary<ClientFrame | GatewayFrame> = fc.oneof(
  fc.record({
    t: fc.constant('send' as const),
    n: number,
    to: text,
    kind: fc.constant('chat' as const),
    id: text,
  }),
  fc.record({ t: fc.constant('live' as const), to: text, kind: fc.constant('event' as const) }),
  fc.record({ t: fc.constant('call' as const), n: number, op: text, key: text }),
  fc.record({ t: fc.constant('item' as const), n: number, id: text }),
  fc.record({ t: fc.constant('result' as const), n: number }),
  fc.record({ t: fc.constant('ack' as const), d: number }),
  fc.record({ t: fc.constant('reject' as const), d: number, reason: text }),
  fc.record({
    t: fc.constant('accepted' as const),
    list: fc.array(fc.tuple(number, number), { maxLength: 5 }),
  }),
  fc.record({ t: fc.constant('ping' as const) }),
);
const written = fc.array(
  fc.tuple(frame, fc.jsonValue()).map(([head, body]) => ({
    head,
    body: framesWithBody.has(head.t) ? JSON.stringify(body) : undefined,
  })),
  { maxLength: 12 },
);

const read = (lines: string) => [...decodeFrames<ClientFrame | GatewayFrame>(lines)];

describe('frames', () => {
  it('are the same after a round trip, however many share a text', () => {
    fc.assert(
      fc.property(written, (frames) => {
        const lines = frames.map(({ head, body }) => encodeFrame(head, body)).join('');
        const expected = frames.map(({ head, body = '' }) => ({
          frame: JSON.parse(JSON.stringify(head)),
          body,
        }));
        expect(read(lines)).toEqual(expected);
      }),
    );
  });

  it('pass a body on as it came', () => {
    const body = '{"b":1.50,  "a":"\\u0041","a":2}';
    const [only] = read(encodeFrame({ t: 'result', n: 1 }, body));
    expect(only?.body).toBe(body);
  });

  it('that are cut off are refused, wherever that is, or are fewer', () => {
    fc.assert(
      fc.property(written, fc.nat(), (frames, at) => {
        const lines = frames.map(({ head, body }) => encodeFrame(head, body)).join('');
        const cut = lines.slice(0, at % (lines.length + 1));
        try {
          expect(read(cut).length).toBeLessThanOrEqual(frames.length);
        } catch (error) {
          expect(BonafideError.is(error) && error.code).toBe('VALIDATION_FAILED');
        }
      }),
    );
  });

  it('are refused or read, whatever text comes', () => {
    const noise = fc.oneof(
      text,
      fc.jsonValue().map((value) => `${JSON.stringify(value)}\n`),
    );
    fc.assert(
      fc.property(
        fc.array(noise, { maxLength: 5 }).map((list) => list.join('')),
        (lines) => {
          try {
            for (const { frame: found } of read(lines)) expect(typeof found.t).toBe('string');
          } catch (error) {
            expect(BonafideError.is(error) && error.code).toBe('VALIDATION_FAILED');
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each(['null\n', '[]\n', '"t"\n', '{"t":1}\n', '{}\n', '\n', '{"t":"call","n":1}\n', '{"t":"ping"}'])(
    'are not %j',
    (lines) => {
      expect(() => read(lines)).toThrow('no frame of bonafide.v1');
    },
  );
});
