import { type PeerMessage, peerMessage } from '@bonafide/core/models';
import { toValidationError } from './problems.ts';

/**
 * What is sent is checked as what is received is. A copy: what was permitted is what is sent, whatever the caller does
 * with its objects meanwhile.
 */
export function checkMessage<Message extends PeerMessage>(message: Message): Message {
  const { error } = peerMessage.safeParse(message);
  if (!error) return structuredClone(message);
  throw toValidationError('This cannot be sent to a peer.', error.issues);
}
