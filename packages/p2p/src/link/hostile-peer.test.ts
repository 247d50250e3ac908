import type { BonafideError } from '@bonafide/core/errors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_PACKET_BYTES, type Path } from '../path/path.ts';
import { failure, linkId, nextStream, ping, until } from '../testing/links.ts';
import { createMemoryPaths } from '../testing/memory-paths.ts';
import { createLink } from './create-link.ts';
import {
  decodeHello,
  encodeCredit,
  encodeDatagram,
  encodeHello,
  encodeNumbered,
  encodeStreamFrame,
  encodeText,
  frameTypes,
  type Hello,
  writeNumber,
} from './frames.ts';
import { MAX_MESSAGE_PART_BYTES } from './limits.ts';
import type { Link, LinkStream } from './link.ts';

/** The other end of a path without a link: it can say anything. */
class Stranger {
  readonly link: Link;
  readonly #path: Path;
  readonly packets: Uint8Array[] = [];
  isPathOver = false;
  #number = 0;

  constructor() {
    this.link = createLink({ linkId, isCaller: false });
    const { here, there } = createMemoryPaths({ bytesPerTurn: Number.POSITIVE_INFINITY });
    this.link.attach(there);
    this.#path = here;
    here.listen({
      onPacket: (packet) => this.packets.push(packet),
      onDatagram: () => {},
      onDrain: () => {},
      onClose: () => {
        this.isPathOver = true;
      },
    });
  }

  say(packet: Uint8Array): this {
    if (this.#path.isOpen) this.#path.send(packet);
    return this;
  }

  datagram(packet: Uint8Array): this {
    this.#path.sendDatagram(packet);
    return this;
  }

  greet(hello: Partial<Hello> = {}): this {
    return this.say(encodeHello({ linkId, rank: 1, instance: 'abcdefgh', received: 0, ...hello }));
  }

  /** With the next number. */
  frame(packet: Uint8Array): this {
    writeNumber(packet, ++this.#number);
    return this.say(packet);
  }

  open(streamId: number, label = 'x'): this {
    return this.frame(encodeStreamFrame(frameTypes.open, streamId, encodeText(label)));
  }

  data(streamId: number, bytes: number): this {
    return this.frame(encodeStreamFrame(frameTypes.data, streamId, new Uint8Array(bytes)));
  }

  async closed(): Promise<BonafideError> {
    await until(() => this.link.state === 'closed');
    return this.link.signal.reason as BonafideError;
  }

  /** What it was told in the end. */
  get farewell(): string {
    const last = this.packets.findLast(([type]) => type === frameTypes.close);
    return new TextDecoder().decode(last?.subarray(1));
  }
}

const message = (text: string): Uint8Array => encodeNumbered(frameTypes.message, encodeText(text));
const truncated = (packet: Uint8Array): Uint8Array => packet.subarray(0, packet.length - 1);
const version2 = (): Uint8Array => {
  const packet = encodeHello({ linkId, rank: 1, instance: 'abcdefgh', received: 0 });
  packet[1] = 2;
  return packet;
};

const attacks: readonly (readonly [string, string, (stranger: Stranger) => unknown])[] = [
  ['says nothing in a packet', 'VALIDATION_FAILED', (one) => one.say(new Uint8Array(0))],
  ['sends a frame before a greeting', 'VALIDATION_FAILED', (one) => one.frame(message('{}'))],
  ['greets twice', 'VALIDATION_FAILED', (one) => one.greet().greet()],
  ['greets for another link', 'VALIDATION_FAILED', (one) => one.greet({ linkId: `${linkId}x` })],
  ['greets too shortly', 'VALIDATION_FAILED', (one) => one.say(Uint8Array.of(frameTypes.hello, 1, 0))],
  ['speaks another version', 'UNSUPPORTED', (one) => one.say(version2())],
  ['claims to have received what was not sent', 'UNAVAILABLE', (one) => one.greet({ received: 3 })],
  [
    'acknowledges what was not sent',
    'VALIDATION_FAILED',
    (one) => one.greet().say(Uint8Array.of(2, 0, 0, 0, 1)),
  ],
  ['acknowledges without a count', 'VALIDATION_FAILED', (one) => one.greet().say(Uint8Array.of(2, 0))],
  ['skips a frame', 'VALIDATION_FAILED', (one) => one.greet().say(numbered(2))],
  ['uses an unknown type', 'VALIDATION_FAILED', (one) => one.greet().say(Uint8Array.of(9, 0, 0, 0, 0))],
  [
    'uses an unknown numbered type',
    'VALIDATION_FAILED',
    (one) => one.greet().frame(encodeNumbered(18, new Uint8Array(0))),
  ],
  [
    'uses an unknown type for a stream',
    'VALIDATION_FAILED',
    (one) =>
      one
        .greet()
        .open(1)
        .frame(encodeStreamFrame(99, 1, new Uint8Array(0))),
  ],
  ['sends what is no JSON', 'VALIDATION_FAILED', (one) => one.greet().frame(message('{secret'))],
  [
    'sends what is no UTF-8',
    'VALIDATION_FAILED',
    (one) => one.greet().frame(encodeNumbered(frameTypes.message, Uint8Array.of(255))),
  ],
  [
    'sends what is no peer message',
    'VALIDATION_FAILED',
    (one) => one.greet().frame(message('{"type":"PING","id":"a"}')),
  ],
  ['nests deeply', 'VALIDATION_FAILED', (one) => nest(one.greet())],
  [
    'sends a part that is not full',
    'VALIDATION_FAILED',
    (one) => one.greet().frame(encodeNumbered(frameTypes.messagePart, new Uint8Array(9))),
  ],
  ['sends a message that is too large', 'PAYLOAD_TOO_LARGE', (one) => parts(one.greet(), 65)],
  ['writes to a stream that was never opened', 'VALIDATION_FAILED', (one) => one.greet().data(1, 1)],
  ['writes to a stream that we never opened', 'VALIDATION_FAILED', (one) => one.greet().data(2, 1)],
  ['writes to stream 0', 'VALIDATION_FAILED', (one) => one.greet().data(0, 1)],
  ['opens a stream of ours', 'VALIDATION_FAILED', (one) => one.greet().open(2)],
  ['opens streams out of order', 'VALIDATION_FAILED', (one) => one.greet().open(3)],
  ['opens a stream twice', 'VALIDATION_FAILED', (one) => one.greet().open(1).open(1)],
  ['opens a stream without a label', 'VALIDATION_FAILED', (one) => one.greet().open(1, '')],
  ['opens a stream with a long label', 'VALIDATION_FAILED', (one) => one.greet().open(1, 'x'.repeat(201))],
  ['writes nothing', 'VALIDATION_FAILED', (one) => one.greet().open(1).data(1, 0)],
  ['writes after the end', 'VALIDATION_FAILED', (one) => one.greet().open(1).frame(end(1)).data(1, 1)],
  ['ends twice', 'VALIDATION_FAILED', (one) => one.greet().open(1).frame(end(1)).frame(end(1))],
  ['overruns a window', 'VALIDATION_FAILED', (one) => overrun(one.greet().open(1))],
  ['grants too much', 'VALIDATION_FAILED', (one) => one.greet().open(1).frame(encodeCredit(1, 1))],
  ['grants nothing', 'VALIDATION_FAILED', (one) => one.greet().open(1).frame(encodeCredit(1, 0))],
  [
    'grants no number',
    'VALIDATION_FAILED',
    (one) =>
      one
        .greet()
        .open(1)
        .frame(truncated(encodeCredit(1, 1))),
  ],
  [
    'gives up without a problem',
    'VALIDATION_FAILED',
    (one) =>
      one
        .greet()
        .open(1)
        .frame(encodeStreamFrame(frameTypes.abort, 1, encodeText('no'))),
  ],
  ['opens a flood of streams', 'LIMIT_EXCEEDED', (one) => flood(one.greet())],
  ['sends a flood that nobody listens to', 'LIMIT_EXCEEDED', (one) => chatter(one.greet())],
  [
    'sends a datagram without a label',
    'VALIDATION_FAILED',
    async (one) => {
      one.greet();
      await until(() => one.link.state === 'connected');
      one.datagram(encodeDatagram(encodeText('label'), new Uint8Array(0)).subarray(0, 4));
    },
  ],
];

function numbered(number: number): Uint8Array {
  const packet = message(JSON.stringify(ping(1)));
  writeNumber(packet, number);
  return packet;
}

function end(streamId: number): Uint8Array {
  return encodeStreamFrame(frameTypes.end, streamId, new Uint8Array(0));
}

function parts(one: Stranger, count: number): void {
  const part = new Uint8Array(MAX_MESSAGE_PART_BYTES);
  for (let index = 0; index < count; index++) one.frame(encodeNumbered(frameTypes.messagePart, part));
}

function nest(one: Stranger): void {
  const text = `{"type":"EXEC_RESPONSE","id":"a","response":{"status":"success","durationMs":1,"result":${'['.repeat(450_000)}${']'.repeat(450_000)}}}`;
  const bytes = encodeText(text);
  let at = 0;
  for (; bytes.length - at > MAX_MESSAGE_PART_BYTES; at += MAX_MESSAGE_PART_BYTES) {
    one.frame(encodeNumbered(frameTypes.messagePart, bytes.subarray(at, at + MAX_MESSAGE_PART_BYTES)));
  }
  one.frame(encodeNumbered(frameTypes.message, bytes.subarray(at)));
}

function overrun(one: Stranger): void {
  for (let index = 0; index < 17; index++) one.data(1, 16_000);
}

function flood(one: Stranger): void {
  one.link.onStream(() => true);
  for (let index = 0; index < 129; index++) one.open(1 + 2 * index);
}

function chatter(one: Stranger): void {
  for (let index = 0; index < 30_000; index++) one.frame(message(JSON.stringify(ping(index))));
}

describe('a peer that', () => {
  test.each(attacks)('%s ends the link with %s', async (_, code, attack) => {
    const stranger = new Stranger();
    await attack(stranger);
    const reason = await stranger.closed();
    expect(reason).toMatchObject({ code });
    expect(`${reason.stack}${reason.cause}`).not.toContain('secret');
    await until(() => stranger.packets.some(([type]) => type === frameTypes.close));
    expect(JSON.parse(stranger.farewell)).toMatchObject({ code });
    stranger.say(Uint8Array.of(frameTypes.close));
    await until(() => stranger.isPathOver);
  });

  test('sends frames of a stream that was given up here breaks nothing', async () => {
    const stranger = new Stranger();
    stranger.link.onStream(() => false);
    stranger.greet().open(1).data(1, 1_000).frame(encodeCredit(1, 5)).frame(end(1)).open(3);
    const heard: unknown[] = [];
    stranger.link.onMessage((one) => heard.push(one));
    stranger.frame(message(JSON.stringify(ping(1))));
    await until(() => heard.length === 1);
    expect(stranger.link.state).toBe('connected');
  });

  test('asks for answers and takes none is not remembered without end', async () => {
    const stranger = new Stranger();
    stranger.link.onStream(() => false);
    stranger.greet();
    for (let index = 0; index < 100_000; index++) stranger.open(1 + 2 * index);
    expect(await stranger.closed()).toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  test('fills a window with single bytes costs little more than the window', async () => {
    const stranger = new Stranger();
    const accepted = nextStream(stranger.link);
    stranger.greet().open(1);
    const stream = await accepted;
    for (let index = 0; index < 262_144; index++) stranger.data(1, 1);
    stranger.frame(end(1));
    const sizes: number[] = [];
    await until(() => stranger.packets.some(([type]) => type === frameTypes.ack));
    for await (const chunk of stream.readable) sizes.push(chunk.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(262_144);
    expect(sizes.length).toBeLessThan(40);
  });

  test('abandons its streams unread fails the next ones, not the process', async () => {
    const stranger = new Stranger();
    const streams: LinkStream[] = [];
    stranger.link.onStream((stream) => {
      streams.push(stream);
      void stream.end().catch(() => {});
      return true;
    });
    stranger.greet();
    await until(() => stranger.link.state === 'connected');
    for (let id = 1; id < 2 * 140; id += 2) {
      stranger.open(id);
      for (let index = 0; index < 16; index++) stranger.data(id, 16_384 - 13);
      stranger.frame(end(id));
    }
    await until(() => streams.length > 120);
    await until(() => stranger.packets.some(([type]) => type === frameTypes.abort));
    expect(stranger.link.state).toBe('connected');
  });

  test('closes with garbage closes all the same', async () => {
    const stranger = new Stranger();
    stranger.greet().say(Uint8Array.of(frameTypes.close, 1, 2, 3));
    expect(await stranger.closed()).toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  test('claims a code that does not exist is an internal error of its own', async () => {
    const stranger = new Stranger();
    const stream = stranger.greet().link.openStream('x');
    const problem = encodeText(JSON.stringify({ code: '__proto__', detail: 'x'.repeat(2_000) }));
    stranger.frame(encodeStreamFrame(frameTypes.abort, 2, problem));
    expect(await failure(stream.end())).toMatchObject({ code: 'INTERNAL', details: { by: 'peer' } });
  });
});

describe('greetings', () => {
  test('carry what they are made of', () => {
    const hello = { linkId, rank: 4_294_967_295, instance: '0123456v', received: 4_000_000_000 };
    expect(decodeHello(encodeHello(hello))).toEqual(hello);
  });
});

describe('random bytes', () => {
  const packets = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc
        .tuple(fc.constantFrom(...Object.values(frameTypes)), fc.uint8Array({ maxLength: 40 }))
        .map(([type, rest]) => Uint8Array.of(type, ...rest)),
    ),
    { minLength: 1, maxLength: 20 },
  );

  test('never crash, never hang: the link goes on, or ends with a typed error', async () => {
    const property = fc.asyncProperty(
      packets,
      fc.boolean(),
      fc.boolean(),
      async (bytes, isGreeted, isNumbered) => {
        const stranger = new Stranger();
        stranger.link.onStream(() => true);
        if (isGreeted) stranger.greet().open(1);
        for (const packet of bytes) {
          if (isNumbered && packet.length >= 9) stranger.frame(packet.fill(0, 1, 5));
          else stranger.say(packet);
          stranger.datagram(packet);
        }
        stranger.say(new Uint8Array(MAX_PACKET_BYTES).fill(255));
        expect(await stranger.closed()).toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/) });
        expect((stranger.link.signal.reason as BonafideError).code).not.toBe('INTERNAL');
        stranger.say(Uint8Array.of(frameTypes.close));
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });
});
