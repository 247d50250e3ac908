import { describe, expect, test } from 'vitest';
import type { Channel, ChannelOptions } from '../exchange/types.ts';
import { connect, createLinks, failure, nextStream, until } from '../testing/links.ts';
import { acceptChannels, openChannel } from './channels.ts';

async function openBoth(options?: ChannelOptions, paths?: Parameters<typeof connect>[1]) {
  const links = createLinks();
  const path = connect(links, paths);
  const accepted = Promise.withResolvers<Channel>();
  acceptChannels(links.there, { takes: (label) => label !== 'no', onChannel: accepted.resolve });
  const here = await openChannel(links.here, 'notes: é', options);
  return { links, path, here, there: await accepted.promise };
}

async function take(channel: Channel, count: number): Promise<unknown[]> {
  const messages: unknown[] = [];
  for await (const message of channel.messages) if (messages.push(message) === count) break;
  return messages;
}

async function readToEnd(channel: Channel): Promise<unknown[]> {
  const messages: unknown[] = [];
  for await (const message of channel.messages) messages.push(message);
  return messages;
}

describe('an ordered channel', () => {
  test('keeps texts and bytes apart, whole and in order, both ways', async () => {
    const { here, there } = await openBoth();
    expect([here.label, there.label]).toEqual(['notes: é', 'notes: é']);
    const messages = [
      '',
      'grüße',
      new Uint8Array(0),
      new Uint8Array(700_000).fill(3),
      'x'.repeat(16_371),
      'end',
    ];
    const sent = (async () => {
      for (const message of messages) await here.send(message);
    })();
    await there.send('back');
    expect(await take(there, 3)).toEqual(messages.slice(0, 3));
    expect(await take(there, 3)).toEqual(messages.slice(3));
    expect(await take(here, 1)).toEqual(['back']);
    await sent;
  });

  test('closes when the other side has everything, which can still read it', async () => {
    const { here, there } = await openBoth();
    await here.send('last words');
    await here.close();
    expect(await failure(here.send('more'))).toMatchObject({ code: 'UNAVAILABLE' });
    expect(await readToEnd(here)).toEqual([]);
    expect(await readToEnd(there)).toEqual(['last words']);
    expect(await failure(there.send('too late'))).toMatchObject({ code: 'UNAVAILABLE' });
    await there.close();
  });

  test('survives its path', async () => {
    const { links, path, here, there } = await openBoth();
    const first = here.send('x'.repeat(1_000_000));
    path.cut();
    connect(links);
    const messages = take(there, 2);
    await first;
    await here.send('after');
    expect(await messages).toEqual(['x'.repeat(1_000_000), 'after']);
  });

  test('that nobody wants is not opened', async () => {
    const { links } = await openBoth();
    expect(await failure(openChannel(links.here, 'no'))).toMatchObject({ code: 'NOT_FOUND' });
    expect(links.here.state).toBe('connected');
  });

  test('refuses what is too large to be a message', async () => {
    const { here } = await openBoth();
    expect(await failure(here.send(new Uint8Array(1_048_577)))).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    await here.send('still there');
  });

  test.each([
    ['announces too much', [1, 0xff, 0xff, 0xff, 0xff], 'PAYLOAD_TOO_LARGE'],
    ['is of no known kind', [9, 0, 0, 0, 1, 65], 'VALIDATION_FAILED'],
    ['is no UTF-8', [0, 0, 0, 0, 1, 0xff], 'VALIDATION_FAILED'],
    ['stops within a message', [1, 0, 0, 0, 9, 65], 'VALIDATION_FAILED'],
    ['stops within a header', [1, 0], 'VALIDATION_FAILED'],
  ])('ends, and only it, when the other side %s', async (_, bytes, code) => {
    const links = createLinks();
    connect(links);
    const accepted = Promise.withResolvers<Channel>();
    acceptChannels(links.there, { takes: () => true, onChannel: accepted.resolve });
    const stream = links.here.openStream('c:o:x');
    await stream.write(Uint8Array.from(bytes));
    await stream.end();
    expect(await failure(readToEnd(await accepted.promise))).toMatchObject({ code });
    expect(await failure(stream.write(Uint8Array.of(1)))).toMatchObject({ code: 'CONFLICT' });
    expect([links.here.state, links.there.state]).toEqual(['connected', 'connected']);
  });

  test('is none when the other side answers otherwise', async () => {
    const links = createLinks();
    connect(links);
    const accepted = nextStream(links.there);
    const opening = failure(openChannel(links.here, 'x'));
    await (await accepted).write(Uint8Array.of(9));
    expect(await opening).toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});

describe('an unordered channel', () => {
  test('carries datagrams with their kind, apart from other channels, and loses some', async () => {
    let count = 0;
    const losesDatagram = (): boolean => ++count === 2;
    const { here, there } = await openBoth({ isOrdered: false }, { losesDatagram });
    for (const message of ['one', 'two', Uint8Array.of(3)]) await here.send(message);
    await there.send('back');
    expect(await take(there, 2)).toEqual(['one', Uint8Array.of(3)]);
    expect(await take(here, 1)).toEqual(['back']);
    await here.send(new Uint8Array(16_000));
    expect(await take(there, 1)).toEqual([new Uint8Array(16_000)]);
    expect(await failure(here.send(new Uint8Array(16_001)))).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });

  test('drops the oldest when nobody reads', async () => {
    const { links, here, there } = await openBoth({ isOrdered: false });
    for (let index = 0; index < 40; index++) await here.send(new Uint8Array(15_000).fill(index));
    let isLast = false;
    links.there.onDatagram((_, bytes) => {
      isLast = bytes[1] === 40;
    });
    await here.send(new Uint8Array(15_000).fill(40));
    await until(() => isLast);
    const [oldest] = (await take(there, 1)) as Uint8Array[];
    expect(oldest?.[0]).toBe(41 - 17);
  });

  test('ends for both sides, and drops what comes while there is no path', async () => {
    const { links, path, here, there } = await openBoth({ isOrdered: false });
    path.cut();
    await until(() => links.here.state === 'suspended');
    await here.send('lost');
    connect(links);
    const closing = here.close();
    expect(await readToEnd(there)).toEqual([]);
    await closing;
    expect(await readToEnd(here)).toEqual([]);
    expect(await failure(there.send('late'))).toMatchObject({ code: 'UNAVAILABLE' });
  });
});
