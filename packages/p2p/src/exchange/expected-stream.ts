import type { BonafideError } from '@bonafide/core';
import type { LinkStream } from '../link/link.ts';

/** Bytes of the other side, which may begin later or never. */
export interface ExpectedStream {
  /** False when there is one already, or none is waited for any more. */
  take(stream: LinkStream): boolean;
  /** None comes any more; one that came goes on. */
  finish(): void;
  fail(error: BonafideError): void;
  readonly readable: AsyncIterable<Uint8Array>;
}

export function createExpectedStream(): ExpectedStream {
  const coming = Promise.withResolvers<LinkStream | undefined>();
  coming.promise.catch(ignore);
  let taken: LinkStream | undefined;
  let isOver = false;
  return {
    take(stream) {
      if (taken || isOver) return false;
      taken = stream;
      // Each side writes on the stream that it opened.
      stream.end().catch(ignore);
      coming.resolve(stream);
      return true;
    },
    finish() {
      isOver = true;
      coming.resolve(undefined);
    },
    fail(error) {
      isOver = true;
      taken?.abort(error);
      coming.reject(error);
    },
    readable: { [Symbol.asyncIterator]: () => read(coming.promise) },
  };
}

async function* read(coming: Promise<LinkStream | undefined>): AsyncGenerator<Uint8Array> {
  const stream = await coming;
  if (!stream) return;
  const iterator = stream.readable[Symbol.asyncIterator]();
  let isDone = false;
  try {
    for (;;) {
      const next = await iterator.next();
      isDone = next.done === true;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // A reader that had enough must not hold up what comes after.
    if (!isDone) drain(iterator).catch(ignore);
  }
}

async function drain(iterator: AsyncIterator<Uint8Array>): Promise<void> {
  while (!(await iterator.next()).done);
}

function ignore(): void {
  // Whoever reads or waits for the result is told.
}
