import { type Agent, BonafideError } from '@bonafide/core';
import type { LinkedPeer } from '../connection/connector.ts';
import { acceptChannels, openChannel } from '../link/channels.ts';
import type { PeerEvents } from '../network/types.ts';
import { createAsker } from './asker.ts';
import { createExecutor, type Executor } from './executor.ts';
import { hirePeer } from './hire-peer.ts';
import { keepAlive } from './keep-alive.ts';
import { newMessageId } from './message-id.ts';
import type { Offered } from './offered.ts';
import { sendOrClose } from './send-answer.ts';
import type { Peer } from './types.ts';

/** A peer, and the way for callers that asked for permission before. */
export interface ExchangePeer extends Peer, Pick<Executor, 'executePermitted'> {}

export interface ExchangeEvents {
  emit<Name extends 'changed' | 'closed' | 'channel'>(name: Name, value: PeerEvents[Name]): unknown;
  /** Whether anybody would be told. */
  hears(name: 'channel'): boolean;
  /** What nobody waits for. */
  fail(error: Error): void;
}

interface PeerParts {
  readonly linked: LinkedPeer;
  readonly agent: Pick<Agent, 'agents' | 'authorize' | 'hire'>;
  /** What the peer may ask for. */
  readonly offered: Offered;
  readonly events: ExchangeEvents;
}

/** Everything two agents do over one link: asks the other side, and answers it. */
export function createPeer({ linked, agent, offered, events }: PeerParts): ExchangePeer {
  const { link, identity } = linked;
  const asker = createAsker(linked);
  const executor = createExecutor({ linked, agent, onError: (error) => events.fail(error) });
  const peer: ExchangePeer = {
    ...identity,
    get state() {
      return link.state;
    },
    get path() {
      return link.path;
    },
    sendIntent: asker.sendIntent,
    execute: (request, options = {}) => executor.execute(request, options),
    executePermitted: executor.executePermitted,
    hire: (quote, job) => hirePeer({ agent, identity }, quote, job),
    ping: asker.ping,
    openChannel: (label, options) => openChannel(link, label, options),
    close: async (reason) => link.close(closed(reason)),
  };
  offered.serve(linked);
  link.onMessage((message) => {
    if (message.type === 'PING') {
      const { id, sequence } = message;
      sendOrClose(link, { type: 'PONG', id: newMessageId(), correlationId: id, sequence });
    } else if (message.type === 'EXEC_RESPONSE') executor.onResponse(message);
    else asker.onAnswer(message);
  });
  acceptChannels(link, {
    takes: () => events.hears('channel'),
    onChannel: (channel) => events.emit('channel', { peer, channel }),
  });
  link.onChange(() => {
    events.emit('changed', peer);
    if (link.state === 'closed') events.emit('closed', peer);
  });
  keepAlive(link);
  return peer;
}

function closed(reason: string | undefined): BonafideError {
  return new BonafideError(
    'UNAVAILABLE',
    reason ? `The channel was closed: ${reason}` : 'The channel was closed.',
  );
}
