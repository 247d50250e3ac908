import { BonafideError } from '@bonafide/core/errors';
import { expect, it } from 'vitest';
import { writeStream } from './sse.ts';

async function* one() {
  yield { data: { n: 1 } };
}

it('a revoked reader that takes nothing is let go as well', async () => {
  const closed = Promise.withResolvers<void>();
  let isRevoked = false;
  const sink = {
    write() {
      isRevoked = true;
      return closed.promise;
    },
    end: () => undefined,
    close: closed.resolve,
  };
  const stalled: string[] = [];
  const ended = new AbortController();
  await writeStream(one(), {
    ...{ sink, heartbeatMs: 1, requestId: 'r', signal: ended.signal },
    stop: () => ended.abort(),
    revalidate() {
      if (isRevoked) throw new BonafideError('REVOKED', 'gone');
    },
    watch: () => () => undefined,
    toError: BonafideError.from,
    onStalled: () => stalled.push('stalled'),
  });
  expect(stalled).toContain('stalled');
});
