import { readerOf } from '../context.ts';
import { broadcast } from '../messages/broadcast.ts';
import { acknowledgeMessages, listMessages, sendMessage, watchMessages } from '../messages/calls.ts';
import { getQueue, listDeadLetters, listQueues, purgeQueue, redeliver } from '../messages/queues.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const messageHandlers: HandlersOf<IdsOf<'messages'> | IdsOf<'queues'>> = {
  'messages.send': sendMessage,
  'messages.broadcast': broadcast,
  'messages.list': async (context, input) => listMessages(context, input),
  'messages.acknowledge': acknowledgeMessages,
  'messages.watch': watchMessages,
  'queues.list': async (context, input) => listQueues(context, input),
  'queues.get': async (context, { address }) => getQueue(readerOf(context), address),
  'queues.purge': async ({ commit }, input) => commit((tx) => purgeQueue(tx, input)),
  'queues.listDeadLetters': async (context, input) => listDeadLetters(context, input),
  'queues.redeliver': async ({ commit }, { deadLetterId }) => commit((tx) => redeliver(tx, deadLetterId)),
};
