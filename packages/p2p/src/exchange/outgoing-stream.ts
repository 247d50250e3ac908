import { BonafideError } from '@bonafide/core';
import type { Link, LinkStream } from '../link/link.ts';

/** A stream to the other side that begins with the first write. */
export interface OutgoingStream {
  /** Throws once it has ended. */
  open(): LinkStream;
  /** Nothing more; resolves once the other side has everything. One that never began stays so. */
  end(): Promise<void>;
  fail(error: BonafideError): void;
}

export function createOutgoingStream(link: Link, label: string): OutgoingStream {
  let stream: LinkStream | undefined;
  let over: BonafideError | undefined;
  return {
    open() {
      if (over) throw over;
      stream ??= link.openStream(label);
      return stream;
    },
    async end() {
      over ??= new BonafideError('CONFLICT', 'This stream has ended: nothing can be written any more.');
      await stream?.end();
    },
    fail(error) {
      over = error;
      stream?.abort(error);
    },
  };
}
