import { getQueue } from './get.ts';
import { listQueues } from './list.ts';
import { listDeadLetters } from './list-dead-letters.ts';
import { purgeQueue } from './purge.ts';
import { redeliverDeadLetter } from './redeliver.ts';

export const queues = {
  list: listQueues,
  get: getQueue,
  purge: purgeQueue,
  listDeadLetters: listDeadLetters,
  redeliver: redeliverDeadLetter,
};
