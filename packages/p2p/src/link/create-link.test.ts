import { BonafideError } from '@bonafide/core/errors';
import type { PeerMessage } from '@bonafide/core/models';
import { describe, expect, test } from 'vitest';
import { connect, createLinks, linkId, ping, until } from '../testing/links.ts';
import { createMemoryPaths } from '../testing/memory-paths.ts';
import { createLink } from './create-link.ts';

describe('a link', () => {
  test('is suspended without a path, connected with one that speaks, and says so', async () => {
    const links = createLinks();
    expect([links.here.state, links.here.path]).toEqual(['suspended', undefined]);
    const changes: unknown[] = [];
    links.here.onChange(() => changes.push([links.here.state, links.here.path]));
    const paths = connect(links, { kind: 'relayed' });
    await until(() => links.here.state === 'connected');
    paths.cut();
    await until(() => links.here.state === 'suspended');
    expect(changes).toEqual([
      ['connected', 'relayed'],
      ['suspended', undefined],
    ]);
  });

  test('carries messages both ways, also those that were sent before there was a path', async () => {
    const links = createLinks();
    const heard: PeerMessage[] = [];
    links.there.onMessage((message) => {
      heard.push(message);
      links.there.send({ type: 'PONG', id: 'p', sequence: 0 });
    });
    const answers: PeerMessage[] = [];
    links.here.onMessage((message) => answers.push(message));
    links.here.send(ping(1));
    connect(links);
    links.here.send(ping(2));
    await until(() => answers.length === 2);
    expect(heard).toEqual([ping(1), ping(2)]);
  });

  test('keeps messages for whoever listens first', async () => {
    const links = createLinks();
    connect(links);
    links.here.send(ping(1));
    links.here.send(ping(2));
    await until(() => links.there.state === 'connected');
    await new Promise((resolve) => setImmediate(resolve));
    const heard: PeerMessage[] = [];
    links.there.onMessage((message) => heard.push(message));
    await until(() => heard.length === 2);
    expect(heard).toEqual([ping(1), ping(2)]);
  });

  test('cuts what is larger than a packet, and refuses what is larger than a message', async () => {
    const links = createLinks();
    connect(links);
    const heard: PeerMessage[] = [];
    links.there.onMessage((message) => heard.push(message));
    const execute = (size: number): PeerMessage => ({
      type: 'EXEC_REQUEST',
      id: 'x',
      request: { action: 'start', capability: 'echo', args: { text: 'é'.repeat(size) }, timeoutMs: 1 },
    });
    links.here.send(execute(400_000));
    await until(() => heard.length === 1);
    expect(heard).toEqual([execute(400_000)]);
    expect(() => links.here.send(execute(600_000))).toThrow(
      expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' }),
    );
  });

  test('refuses messages when too many wait', () => {
    const { here } = createLinks({ maxQueuedBytes: 1_000 });
    const send = (): void => {
      for (let index = 0; index < 100; index++) here.send(ping(index));
    };
    expect(send).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
    expect(here.state).toBe('suspended');
  });

  test('goes over to a new path without a moment without one, and closes the old one', async () => {
    const links = createLinks();
    const relayed = connect(links, { kind: 'relayed' });
    await until(() => links.there.state === 'connected' && links.here.state === 'connected');
    const changes: unknown[] = [];
    for (const link of [links.here, links.there]) link.onChange(() => changes.push(link.path));
    connect(links);
    await until(() => !relayed.here.isOpen && !relayed.there.isOpen && changes.length === 2);
    expect(changes).toEqual(['direct', 'direct']);
  });

  test('uses the newest path of the caller when both sides attach two in different order', async () => {
    const links = createLinks();
    const [first, second] = [createMemoryPaths({ kind: 'relayed' }), createMemoryPaths()];
    links.here.attach(first.here);
    links.here.attach(second.here);
    links.there.attach(second.there);
    links.there.attach(first.there);
    await until(() => !first.here.isOpen && !first.there.isOpen);
    expect([links.here.path, links.there.path]).toEqual(['direct', 'direct']);
    expect(second.here.isOpen).toBe(true);
  });

  test('goes on over the older path when the newer one breaks before both use it', async () => {
    const links = createLinks();
    connect(links, { kind: 'relayed' });
    await until(() => links.here.state === 'connected' && links.there.state === 'connected');
    const heard: PeerMessage[] = [];
    links.here.onMessage((message) => heard.push(message));
    links.there.onMessage((message) => heard.push(message));
    const changes: unknown[] = [];
    links.there.onChange(() => {
      changes.push(links.there.path);
      links.there.send(ping(changes.length));
    });
    connect(links, { packetsUntilCut: 1 });
    links.here.send(ping(0));
    await until(() => heard.length === 3);
    expect(heard).toEqual(expect.arrayContaining([ping(0), ping(1), ping(2)]));
    expect([changes, links.here.path]).toEqual([['direct', 'relayed'], 'relayed']);
  });

  test('closes for both sides; the words of the peer are no words of ours', async () => {
    const links = createLinks();
    const paths = connect(links);
    await until(() => links.there.state === 'connected');
    const reason = new BonafideError('FORBIDDEN', 'Not you\u001b[31m, stranger.', {
      cause: new Error('inner'),
    });
    links.here.close(reason);
    expect(links.here.signal.reason).toBe(reason);
    expect(() => links.here.send(ping(1))).toThrow(reason);
    expect(() => links.here.openStream('x')).toThrow(reason);
    await until(() => links.there.state === 'closed' && !paths.here.isOpen && !paths.there.isOpen);
    const heard = links.there.signal.reason as BonafideError;
    expect(heard).toMatchObject({ code: 'FORBIDDEN', message: 'The peer closed the link.' });
    expect(heard.details).toEqual({ by: 'peer', reason: 'Not you [31m, stranger.' });
    expect(`${heard.stack}${heard.cause}`).not.toContain('stranger');
  });

  test('closes when both do at once, and takes no path any more', async () => {
    const links = createLinks();
    const paths = connect(links);
    await until(() => links.there.state === 'connected');
    links.here.close();
    links.there.close();
    await until(() => !paths.here.isOpen && !paths.there.isOpen);
    const late = createMemoryPaths();
    links.here.attach(late.here);
    expect(late.here.isOpen).toBe(false);
  });

  test('closes with a fault of a listener, and tells the peer nothing of it', async () => {
    const links = createLinks();
    connect(links);
    links.there.onMessage(() => {
      throw new Error('a secret of this process');
    });
    links.here.send(ping(1));
    await until(() => links.here.state === 'closed');
    expect(links.there.signal.reason).toMatchObject({
      code: 'INTERNAL',
      cause: { message: 'a secret of this process' },
    });
    expect(JSON.stringify((links.here.signal.reason as BonafideError).details)).not.toContain('secret');
  });

  test('ends when the other side forgot what it carried', async () => {
    const links = createLinks();
    const paths = connect(links);
    let isHeard = false;
    links.there.onMessage(() => {
      isHeard = true;
    });
    links.here.send(ping(1));
    await until(() => isHeard);
    paths.cut();
    const again = createLink({ linkId, isCaller: false });
    connect({ here: links.here, there: again });
    await until(() => links.here.state === 'closed' && again.state === 'closed');
    expect(links.here.signal.reason).toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('sends datagrams at most once, and none while it is suspended', async () => {
    const links = createLinks();
    links.here.sendDatagram('early', new Uint8Array(1));
    let isLost = false;
    connect(links, { losesDatagram: () => isLost });
    await until(() => links.here.state === 'connected');
    const heard: unknown[] = [];
    links.there.onDatagram((label, bytes) => heard.push([label, [...bytes]]));
    links.here.sendDatagram('a', Uint8Array.of(1, 2));
    isLost = true;
    links.here.sendDatagram('b', Uint8Array.of(3));
    isLost = false;
    links.here.sendDatagram('c', new Uint8Array(0));
    await until(() => heard.length === 2);
    expect(heard).toEqual([
      ['a', [1, 2]],
      ['c', []],
    ]);
    expect(() => links.here.sendDatagram('a', new Uint8Array(16_129))).toThrow(
      expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' }),
    );
  });
});
