import type { PeerMessageOf } from '@bonafide/core/models';
import type { Link } from '../../link/link.ts';

type Response = PeerMessageOf<'EXEC_RESPONSE'>['response'];

/** What the peer answers to a request that was sent by hand; grows. */
export function answersOf(link: Link, executionId: string): readonly Response[] {
  const answers: Response[] = [];
  link.onMessage((message) => {
    if (message.type === 'EXEC_RESPONSE' && message.correlationId === executionId) {
      answers.push(message.response);
    }
  });
  return answers;
}
