import { BonafideError } from '@bonafide/core';
import type { Link } from '../link/link.ts';
import { newMessageId } from './message-id.ts';
import { sendOrClose } from './send-answer.ts';

const SILENCE_MS = 15_000;
const MAX_TRIES = 3;

/**
 * Asks a silent peer for a sign of life. One that gives none although the path stands is as lost as one that cannot be
 * reached: the link is closed. While the link is suspended the connector looks for a path, and nothing is asked.
 */
export function keepAlive(link: Link): void {
  let hasSpoken = true;
  let tries = 0;
  link.onMessage(() => {
    hasSpoken = true;
  });
  const look = (): void => {
    if (hasSpoken || link.state !== 'connected') tries = 0;
    else if (tries === MAX_TRIES) link.close(silent());
    else {
      tries++;
      // Nobody catches what a timer throws.
      sendOrClose(link, { type: 'PING', id: newMessageId(), sequence: tries });
    }
    hasSpoken = false;
  };
  const timer = setInterval(look, SILENCE_MS);
  link.signal.addEventListener('abort', () => clearInterval(timer));
}

function silent(): BonafideError {
  return new BonafideError('UNAVAILABLE', `The peer gave no sign of life to ${MAX_TRIES} questions.`);
}
