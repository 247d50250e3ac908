import { BonafideError, type CallOptions, TimeoutError } from '@bonafide/core';
import type { IntentReply, IntentRequest, PeerMessage } from '@bonafide/core/models';
import type { LinkedPeer } from '../connection/connector.ts';
import { checkMessage } from './check-message.ts';
import { newMessageId } from './message-id.ts';
import { fromPeerProblem } from './problems.ts';
import type { AnsweredIntent } from './types.ts';

const INTENT_TIMEOUT_MS = 60_000;
const PING_TIMEOUT_MS = 10_000;

/** Asks the peer at the other end what has one answer. */
export interface Asker {
  sendIntent(request: IntentRequest | string, options?: CallOptions): Promise<AnsweredIntent>;
  /** Milliseconds there and back. */
  ping(options?: CallOptions): Promise<number>;
  /** The answer to something asked here, if it is one. */
  onAnswer(message: PeerMessage): void;
}

interface Waiting {
  readonly resolve: (message: PeerMessage) => void;
  readonly reject: (error: BonafideError) => void;
}

export function createAsker({ link, identity }: LinkedPeer): Asker {
  const waiting = new Map<string, Waiting>();
  let sequence = 0;
  link.signal.addEventListener('abort', () => {
    for (const { reject } of waiting.values()) reject(BonafideError.from(link.signal.reason));
  });
  const ask = async (message: PeerMessage, options: CallOptions & { timeoutMs: number }) => {
    options.signal?.throwIfAborted();
    link.signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<PeerMessage>();
    const { timeoutMs, signal } = options;
    const timer = setTimeout(() => reject(noAnswer(timeoutMs)), timeoutMs);
    const onAbort = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    waiting.set(message.id, { resolve, reject });
    try {
      link.send(message);
      return await promise;
    } finally {
      waiting.delete(message.id);
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  };
  return {
    async sendIntent(given, { timeoutMs = INTENT_TIMEOUT_MS, signal } = {}) {
      const request = typeof given === 'string' ? { query: given } : given;
      const id = newMessageId();
      const message = checkMessage({
        type: 'INTENT' as const,
        id,
        intent: { kind: 'request' as const, request },
      });
      const reply = toReply(await ask(message, { timeoutMs, signal }));
      return { intentId: id, ...reply };
    },
    async ping({ timeoutMs = PING_TIMEOUT_MS, signal } = {}) {
      const sentAt = performance.now();
      const own = ++sequence;
      const answer = await ask({ type: 'PING', id: newMessageId(), sequence: own }, { timeoutMs, signal });
      if (answer.type === 'PONG' && answer.sequence === own) return performance.now() - sentAt;
      throw wrongAnswer();
    },
    onAnswer(message) {
      const asked = waiting.get(message.correlationId ?? '');
      if (message.type === 'ERROR') asked?.reject(fromPeerProblem(message.problem, identity.did));
      else if (message.type === 'INTENT' || message.type === 'PONG') asked?.resolve(message);
    },
  };
}

function toReply(message: PeerMessage): IntentReply {
  if (message.type === 'INTENT' && message.intent.kind === 'reply') return message.intent.reply;
  throw wrongAnswer();
}

function wrongAnswer(): BonafideError {
  return new BonafideError('INTERNAL', 'The peer does not keep to the protocol: it answered something else.');
}

function noAnswer(timeoutMs: number): TimeoutError {
  return new TimeoutError(`The peer did not answer within ${timeoutMs} ms.`);
}
