import { acknowledgeMessages } from './acknowledge.ts';
import { broadcastMessage } from './broadcast.ts';
import { listMessages } from './list.ts';
import { sendMessage } from './send.ts';
import { watchMessages } from './watch.ts';

export const messages = {
  send: sendMessage,
  broadcast: broadcastMessage,
  list: listMessages,
  acknowledge: acknowledgeMessages,
  watch: watchMessages,
};
