import type { ActionRequest } from '@bonafide/core';
import { createPeer, type ExchangePeer } from '../create-peer.ts';
import { createOffered, type Offered } from '../offered.ts';
import type { Channel } from '../types.ts';
import { createLinkedPair, type LinkedPair, provider, requester } from './linked-pair.ts';
import { createTestAgent, type TestAgent } from './test-agent.ts';

/** Two agents with a link between them: one asks, one provides. */
export interface ExchangePair extends Disposable {
  readonly pair: LinkedPair;
  readonly peer: ExchangePeer;
  readonly offered: Offered;
  readonly requesting: TestAgent;
  readonly providing: TestAgent;
  /** What the provider was told that nobody waited for. */
  readonly errors: Error[];
  /** Of both, such as `here changed`. */
  readonly events: string[];
  /** Echoes what comes over channels that the provider takes. */
  echoChannels(): void;
  setNow(now: number): void;
}

type Authorize = (request: ActionRequest, signal: AbortSignal | undefined) => unknown;

export function createExchangePair(
  options: { readonly permit?: Authorize; readonly permitServing?: Authorize } = {},
): ExchangePair {
  const pair = createLinkedPair();
  const requesting = createTestAgent({ authorize: options.permit, knows: [provider] });
  const providing = createTestAgent({ authorize: options.permitServing, knows: [requester] });
  const errors: Error[] = [];
  const events: string[] = [];
  let isEchoing = false;
  let now = Date.now();
  const onError = (error: Error): void => void errors.push(error);
  const offered = createOffered({ agent: providing, onError, now: () => now });
  const nothing = createOffered({ agent: requesting, onError });
  const toEvents = (side: string) => ({
    emit(name: string, value: object) {
      events.push(`${side} ${name}`);
      if ('channel' in value) void echo(value.channel as Channel);
    },
    hears: () => isEchoing,
    fail: onError,
  });
  createPeer({ linked: pair.there, agent: providing, offered, events: toEvents('there') });
  const peer = createPeer({
    linked: pair.here,
    agent: requesting,
    offered: nothing,
    events: toEvents('here'),
  });
  return {
    ...{ pair, peer, offered, requesting, providing, errors, events },
    echoChannels() {
      isEchoing = true;
    },
    setNow(time) {
      now = time;
    },
    [Symbol.dispose]: () => pair[Symbol.dispose](),
  };
}

async function echo(channel: Channel): Promise<void> {
  for await (const message of channel.messages) await channel.send(message);
  await channel.close();
}
