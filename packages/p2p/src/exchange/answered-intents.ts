import { BonafideError } from '@bonafide/core';
import type { IntentReply, IntentRequest } from '@bonafide/core/models';

/** What was replied, so that an execution can refer to it. */
export interface AnsweredIntents {
  add(did: string, answered: Answered): void;
  find(did: string, intentId: string): Answered | undefined;
  /** The accepted reply under which this peer may execute the capability now. */
  accepted(did: string, use: { readonly intentId: string; readonly capability: string }): IntentReply;
}

export interface Answered {
  readonly intentId: string;
  readonly request: IntentRequest;
  readonly reply: IntentReply;
}

const MAX_PEERS = 1_000;
const MAX_INTENTS_OF_A_PEER = 100;

/** By DID, not by link: between a reply and its execution a person may think for longer than a link holds. */
export function createAnsweredIntents(now: () => number): AnsweredIntents {
  const peers = new Map<string, Map<string, Answered>>();
  const find: AnsweredIntents['find'] = (did, intentId) => peers.get(did)?.get(intentId);
  return {
    add(did, answered) {
      const intents = peers.get(did) ?? new Map<string, Answered>();
      // Set again, so that the first is always the one that was silent for longest.
      peers.delete(did);
      peers.set(did, intents);
      intents.set(answered.intentId, answered);
      dropFirst(peers, MAX_PEERS);
      dropFirst(intents, MAX_INTENTS_OF_A_PEER);
    },
    find,
    accepted(did, { intentId, capability }) {
      const answered = find(did, intentId);
      if (!answered)
        throw new BonafideError('NOT_FOUND', 'There is no such intent of this peer, or no more.');
      const { reply, request } = answered;
      if (reply.status !== 'accepted') throw new BonafideError('CONFLICT', 'This intent was not accepted.');
      const until = reply.expiresAt ?? reply.quote?.expiresAt;
      if (until !== undefined && Date.parse(until) <= now()) {
        throw new BonafideError(
          'EXPIRED',
          'What was replied to this intent held until earlier; send it again.',
        );
      }
      const agreed = reply.capability ?? ('task' in request ? request.task : capability);
      if (agreed === capability) return reply;
      throw new BonafideError(
        'CONFLICT',
        `This intent was accepted for '${agreed}', not for '${capability}'.`,
      );
    },
  };
}

export function dropFirst(map: Map<string, unknown>, limit: number): void {
  for (const key of map.keys()) {
    if (map.size <= limit) return;
    map.delete(key);
  }
}
