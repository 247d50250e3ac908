import type { PeerMessageOf } from '@bonafide/core/models';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LinkStream } from '../link/link.ts';
import { createPeer, type ExchangePeer } from './create-peer.ts';
import { MAX_LINE_BYTES, writeLine } from './json-lines.ts';
import { createOffered } from './offered.ts';
import { toResponse } from './serve-execution.ts';
import { labelOf } from './stream-labels.ts';
import { createLinkedPair, type LinkedPair, provider } from './testing/linked-pair.ts';
import { readAll } from './testing/read-all.ts';
import { createTestAgent } from './testing/test-agent.ts';

let pair: LinkedPair;
let peer: ExchangePeer;
beforeEach(() => {
  pair = createLinkedPair();
  const agent = createTestAgent({ knows: [provider] });
  const events = { emit: () => undefined, hears: () => false, fail: () => undefined };
  peer = createPeer({
    linked: pair.here,
    agent,
    offered: createOffered({ agent, onError: events.fail }),
    events,
  });
});
afterEach(() => pair[Symbol.dispose]());

const request = { capability: 'upper', args: {} };
const chunk = (executionId: string, sequence: number) =>
  toResponse(executionId, { status: 'chunk', sequence, chunk: sequence });

/** What the other side does once it is asked to execute. */
function onceAsked(act: (message: PeerMessageOf<'EXEC_REQUEST'>) => void): void {
  pair.there.link.onMessage((message) => {
    if (message.type === 'EXEC_REQUEST' && message.request.action === 'start') act(message);
  });
}

/** Resolves once the other side is told to stop. */
function whenCancelled(): Promise<void> {
  return new Promise((resolve) => {
    pair.there.link.onMessage((message) => {
      if (message.type === 'EXEC_REQUEST' && message.request.action === 'cancel') resolve();
    });
  });
}

function streamLines(executionId: string, lines: readonly unknown[]): LinkStream {
  const stream = pair.there.link.openStream(labelOf('chunks', executionId));
  for (const line of lines) writeLine(stream, line).catch(() => undefined);
  return stream;
}

const broken = { code: 'INTERNAL', message: expect.stringContaining('protocol') };

describe('a provider that does not keep to the protocol', () => {
  it('streams apart from its stream', async () => {
    const cancelled = whenCancelled();
    onceAsked(({ id }) => pair.there.link.send(chunk(id, 0)));
    await expect(peer.execute(request).result).rejects.toMatchObject(broken);
    await cancelled;
  });

  it.each([
    ['leaves one out', (id: string) => [chunk(id, 0), chunk(id, 2)]],
    ['sends one twice', (id: string) => [chunk(id, 0), chunk(id, 0)]],
    ['sends one of another execution', (id: string) => [chunk(id, 0), chunk('other', 1)]],
    ['sends something else', () => [{ type: 'PING', id: 'P', sequence: 1 }]],
    ['sends no message', () => [7]],
    ['sends one nested without end', () => [JSON.parse(`${'['.repeat(3000)}${']'.repeat(3000)}`)]],
  ])('%s of its chunks', async (_, lines) => {
    const cancelled = whenCancelled();
    onceAsked(({ id }) => void streamLines(id, lines(id)));
    const { chunks, result } = peer.execute(request);
    await expect(readAll(chunks)).rejects.toMatchObject(broken);
    await expect(result).rejects.toMatchObject(broken);
    await cancelled;
  });

  it.each([
    ['no JSON', '{"half":\n'],
    ['a line without end', '0'.repeat(MAX_LINE_BYTES + 1)],
  ])('streams %s', async (_, text) => {
    const cancelled = whenCancelled();
    onceAsked(({ id }) => {
      const stream = pair.there.link.openStream(labelOf('chunks', id));
      stream.write(new TextEncoder().encode(text)).catch(() => undefined);
    });
    const { chunks, result } = peer.execute(request);
    await expect(readAll(chunks)).rejects.toMatchObject(broken);
    await expect(result).rejects.toMatchObject(broken);
    await cancelled;
  });

  it('opens a second stream, or one of no execution', async () => {
    onceAsked(({ id }) => {
      streamLines(id, [chunk(id, 0)])
        .end()
        .catch(() => undefined);
      const second = streamLines(id, [chunk(id, 0)]);
      second
        .end()
        .catch(() => pair.there.link.send(toResponse(id, { status: 'success', result: 1, durationMs: 1 })));
    });
    const execution = peer.execute(request);
    expect(await execution.result).toBe(1);
    expect(await readAll(execution.chunks)).toEqual([0]);
    await expect(streamLines('other', []).end()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('answers twice, and the first answer counts', async () => {
    onceAsked(({ id }) => {
      pair.there.link.send(toResponse(id, { status: 'success', result: 1, durationMs: 1 }));
      pair.there.link.send(toResponse(id, { status: 'success', result: 2, durationMs: 1 }));
      const problem = { code: 'DENIED', detail: 'after all' };
      pair.there.link.send(toResponse(id, { status: 'error', problem }));
    });
    const execution = peer.execute(request);
    expect(await execution.result).toBe(1);
    await expect(peer.sendIntent('?', { timeoutMs: 10 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect([await execution.result, await readAll(execution.chunks)]).toEqual([1, []]);
  });

  it('names a code that there is not', async () => {
    onceAsked(({ id }) => {
      const problem = {
        code: 'HAHA',
        detail: 'x\u001b\u202ey',
        issues: 'no list',
        details: { approved: true },
      };
      pair.there.link.send(toResponse(id, { status: 'error', problem }));
    });
    const { result } = peer.execute(request);
    await expect(result).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'The peer answered with an error.',
      details: { by: 'peer', from: provider.did, reason: 'x  y' },
    });
  });

  it('replies to an intent with something else', async () => {
    pair.there.link.onMessage(({ type, id }) => {
      if (type === 'INTENT') pair.there.link.send({ type: 'PONG', id: 'P', correlationId: id, sequence: 1 });
    });
    await expect(peer.sendIntent('?')).rejects.toMatchObject(broken);
  });

  it('lets what nobody reads not pile up', async () => {
    onceAsked(({ id }) => {
      streamLines(id, [chunk(id, 0)])
        .end()
        .catch(() => undefined);
      pair.there.link.send(toResponse(id, { status: 'success', result: 1, durationMs: 1 }));
    });
    const first = peer.execute(request);
    await first.result;
    for (let index = 0; index < 32; index++) await peer.execute(request).result;
    await expect(readAll(first.chunks)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });
});
