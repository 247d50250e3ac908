import { BonafideError } from '@bonafide/core';
import type { PeerMessage } from '@bonafide/core/models';
import type { Link } from '../link/link.ts';

/**
 * Sends the answer that somebody waits for. One that does not fit is replaced by why; where that does not fit either the
 * link is closed, because the peer would wait in vain.
 */
export function sendAnswer(
  link: Link,
  {
    message,
    toFailure,
  }: { readonly message: PeerMessage; readonly toFailure: (error: unknown) => PeerMessage },
): void {
  if (link.state === 'closed') return;
  try {
    link.send(message);
  } catch (error) {
    sendOrClose(link, toFailure(error));
  }
}

/** As `sendAnswer`, for what has no replacement. */
export function sendOrClose(link: Link, message: PeerMessage): void {
  if (link.state === 'closed') return;
  try {
    link.send(message);
  } catch (error) {
    link.close(BonafideError.from(error));
  }
}
