import { BonafideError } from '@bonafide/core/errors';
import { describe, expect, test } from 'vitest';
import { connect, count, createLinks, failure, nextStream, ping, readAll, until } from '../testing/links.ts';
import type { LinkStream } from './link.ts';

describe('a stream', () => {
  test('carries bytes both ways; each side ends its own direction', async () => {
    const links = createLinks();
    connect(links);
    const accepted = nextStream(links.there);
    const stream = links.here.openStream('x:1');
    const sent = new Uint8Array(1_000_000).map((_, index) => index % 251);
    const written = stream.write(sent).then(() => stream.end());
    const other = await accepted;
    expect(other.label).toBe('x:1');
    expect(Buffer.compare(await readAll(other), sent)).toBe(0);
    await written;
    await other.write(Uint8Array.of(1, 2, 3));
    await other.write(new Uint8Array(0));
    await other.end();
    expect([...(await readAll(stream))]).toEqual([1, 2, 3]);
    expect(await failure(stream.write(sent))).toMatchObject({ code: 'CONFLICT' });
  });

  test('takes over bytes once the write resolved', async () => {
    const links = createLinks();
    connect(links);
    const accepted = nextStream(links.there);
    const stream = links.here.openStream('x');
    const buffer = new Uint8Array(20_000).fill(7);
    await stream.write(buffer);
    buffer.fill(8);
    const ended = stream.end();
    const bytes = await readAll(await accepted);
    expect(bytes.length).toBe(20_000);
    expect(bytes.every((byte) => byte === 7)).toBe(true);
    await ended;
  });

  test('what nobody takes is refused', async () => {
    const links = createLinks();
    connect(links);
    links.there.onStream(() => false);
    const stream = links.here.openStream('x');
    expect(await failure(stream.end())).toMatchObject({ code: 'NOT_FOUND', details: { by: 'peer' } });
    expect(await failure(readAll(stream))).toMatchObject({ code: 'NOT_FOUND' });
    expect(links.here.state).toBe('connected');
  });

  test.each(['here', 'there'] as const)('given up %s fails reads and writes on both sides', async (side) => {
    const links = createLinks();
    connect(links);
    const accepted = nextStream(links.there);
    const opened = links.here.openStream('x');
    const streams = { here: opened, there: await accepted };
    const other = side === 'here' ? streams.there : streams.here;
    const waiting = [failure(readAll(streams.here)), failure(readAll(streams.there))];
    const stuck = failure(other.write(new Uint8Array(2_000_000)));
    const reason = new BonafideError('EXPIRED', 'Enough.');
    streams[side].abort(reason);
    streams[side].abort(new BonafideError('CONFLICT', 'Once is enough.'));
    const theirs = {
      code: 'EXPIRED',
      message: 'The peer gave up this stream.',
      details: { reason: 'Enough.' },
    };
    const [atHere, atThere] = await Promise.all(waiting);
    expect(side === 'here' ? atHere : atThere).toBe(reason);
    expect(side === 'here' ? atThere : atHere).toMatchObject(theirs);
    expect(await stuck).toMatchObject(theirs);
    expect(await failure(streams[side].write(Uint8Array.of(1)))).toBe(reason);
    expect(links.here.state).toBe('connected');
  });

  test('that ended can be read to its end after the other side closed the link', async () => {
    const links = createLinks();
    connect(links);
    const accepted = nextStream(links.there);
    const [whole, half] = [links.here.openStream('whole'), links.here.openStream('half')];
    const seen: LinkStream[] = [await accepted];
    links.there.onStream((stream) => seen.push(stream) > 0);
    await whole.write(new Uint8Array(100_000));
    await half.write(new Uint8Array(100_000));
    await whole.end();
    links.here.close();
    await until(() => links.there.state === 'closed');
    const [ended] = seen;
    expect(ended && (await readAll(ended)).length).toBe(100_000);
    expect(await failure(half.end())).toBe(links.here.signal.reason);
  });

  test('unread data of an unended stream goes with the link', async () => {
    const links = createLinks();
    connect(links);
    const accepted = nextStream(links.there);
    const stream = links.here.openStream('x');
    await stream.write(new Uint8Array(100_000));
    const other = await accepted;
    links.there.close(new BonafideError('EXPIRED', 'Time is over.'));
    expect(await failure(readAll(other))).toBe(links.there.signal.reason);
    await until(() => links.here.state === 'closed');
    expect(await failure(readAll(stream))).toMatchObject({ code: 'EXPIRED', details: { by: 'peer' } });
  });

  test('has one reader; who leaves early gives it up', async () => {
    const links = createLinks();
    connect(links);
    const accepted = nextStream(links.there);
    const stream = links.here.openStream('x');
    const writing = failure(stream.write(new Uint8Array(2_000_000)));
    const other = await accepted;
    for await (const chunk of other.readable) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(() => other.readable[Symbol.asyncIterator]()).toThrow(
      expect.objectContaining({ code: 'CONFLICT' }),
    );
    expect(await writing).toMatchObject({ code: 'UNAVAILABLE', details: { by: 'peer' } });
  });

  test('can be opened only so many times at once, again after one ended', async () => {
    const links = createLinks();
    connect(links);
    links.there.onStream((stream) => {
      void stream.end();
      return true;
    });
    const streams = Array.from({ length: 128 }, () => links.here.openStream('x'));
    expect(() => links.here.openStream('x')).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
    await streams[0]?.end();
    await until(() => links.here.state === 'connected');
    const [first] = streams;
    if (first) await readAll(first);
    links.here.openStream('x');
    expect(() => links.here.openStream('')).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
  });
});

describe('fairness', () => {
  test('messages overtake a bulk stream, and streams take turns', async () => {
    const links = createLinks();
    connect(links, { bytesPerTurn: 16_384 });
    const received = new Map<string, number>();
    links.there.onStream((stream) => {
      void count(stream, received);
      return true;
    });
    const bulk = links.here.openStream('bulk');
    const small = links.here.openStream('small');
    const writing = [bulk.write(new Uint8Array(4_000_000)), small.write(new Uint8Array(100_000))];
    await writing[1];
    await until(() => received.get('small') === 100_000);
    expect(received.get('bulk')).toBeLessThan(1_000_000);
    let isHeard = false;
    links.there.onMessage(() => {
      isHeard = true;
    });
    links.here.send(ping(1));
    await until(() => isHeard);
    expect(received.get('bulk')).toBeLessThan(2_000_000);
    await writing[0];
  });

  test('a reader that takes nothing holds up its writer and nobody else', async () => {
    const links = createLinks();
    connect(links);
    const streams: LinkStream[] = [];
    links.there.onStream((stream) => streams.push(stream) > 0);
    const [stuck, free] = [links.here.openStream('stuck'), links.here.openStream('free')];
    let isWritten = false;
    const writing = stuck.write(new Uint8Array(300_000)).then(() => {
      isWritten = true;
    });
    const sent = free.write(new Uint8Array(3_000_000)).then(() => free.end());
    await until(() => streams.length === 2);
    expect((await readAll(streams[1] as LinkStream)).length).toBe(3_000_000);
    await sent;
    expect(isWritten).toBe(false);
    const reading = count(streams[0] as LinkStream, new Map());
    await writing;
    await stuck.end();
    expect(await reading).toBe(300_000);
  });
});
