import { BonafideError, RateLimitError } from '@bonafide/core';
import { type IntentReply, type IntentRequest, intentReply, type PeerMessageOf } from '@bonafide/core/models';
import type { LinkedPeer } from '../connection/connector.ts';
import type { Activity } from './activity.ts';
import type { AnsweredIntents } from './answered-intents.ts';
import { newMessageId } from './message-id.ts';
import { toPeerProblem, toValidationError } from './problems.ts';
import type { RequesterCheck } from './requester-check.ts';
import { sendAnswer } from './send-answer.ts';
import type { IncomingIntent, IntentHandler } from './types.ts';

/** Of one peer, not replied to yet. */
const MAX_UNDER_WAY = 16;
const RETRY_AFTER_MS = 1_000;

export interface IntentParts {
  readonly activity: Activity;
  readonly intents: AnsweredIntents;
  readonly check: RequesterCheck;
  readonly handler: () => IntentHandler;
  readonly offers: (capability: string) => boolean;
  readonly now: () => number;
  readonly onError: (error: Error) => void;
}

interface Asked {
  readonly id: string;
  readonly request: IntentRequest;
}

/** Replies to what the peer at the other end asks, each intent once. */
export function serveIntents(parts: IntentParts, linked: LinkedPeer): (intent: Asked) => void {
  const { identity, link } = linked;
  const underWay = new Set<string>();
  const fail = (id: string, error: unknown): void => {
    const toFailure = (cause: unknown) => toErrorMessage(id, cause);
    sendAnswer(link, { message: toFailure(error), toFailure });
  };
  const start = async ({ id, request }: Asked): Promise<void> => {
    underWay.add(id);
    try {
      const reply = await ask(parts, { intentId: id, from: identity, request });
      parts.intents.add(identity.did, { intentId: id, request, reply });
      sendReply(linked, { id, reply });
    } catch (error) {
      if (!BonafideError.is(error) || error.code === 'INTERNAL') parts.onError(BonafideError.from(error));
      fail(id, error);
    } finally {
      underWay.delete(id);
    }
  };
  return ({ id, request }) => {
    const known = parts.intents.find(identity.did, id);
    if (known) return sendReply(linked, { id, reply: known.reply });
    if (underWay.has(id)) return;
    try {
      parts.activity.assertOpen();
      if (underWay.size >= MAX_UNDER_WAY) throw tooMany();
    } catch (error) {
      return fail(id, error);
    }
    parts.activity.track(start({ id, request }));
  };
}

async function ask(parts: IntentParts, intent: IncomingIntent): Promise<IntentReply> {
  await parts.check(intent.from);
  const reply = await parts.handler()(intent);
  const parsed = intentReply.safeParse(reply);
  if (!parsed.success) {
    throw badReply('is none', toValidationError('This is no reply.', parsed.error.issues));
  }
  const { status, capability, quote, expiresAt } = parsed.data;
  if (isPast(quote?.expiresAt, parts)) throw badReply('has a quote that is over');
  if (status !== 'accepted') return parsed.data;
  if (isPast(expiresAt, parts)) throw badReply('is over');
  if (capability === undefined || parts.offers(capability)) return parsed.data;
  throw badReply(`names '${capability}', which is not offered`);
}

function tooMany(): RateLimitError {
  return new RateLimitError('Too many intents wait for a reply.', { retryAfterMs: RETRY_AFTER_MS });
}

function isPast(time: string | undefined, { now }: IntentParts): boolean {
  return time !== undefined && Date.parse(time) <= now();
}

function badReply(what: string, cause?: unknown): BonafideError {
  return new BonafideError('INTERNAL', `The peer made a reply that ${what}.`, { cause });
}

function sendReply(
  { link }: LinkedPeer,
  { id, reply }: { readonly id: string; readonly reply: IntentReply },
): void {
  const intent = { kind: 'reply' as const, reply };
  const message = { type: 'INTENT' as const, id: newMessageId(), correlationId: id, intent };
  sendAnswer(link, { message, toFailure: (error) => toErrorMessage(id, error) });
}

export function toErrorMessage(correlationId: string, error: unknown): PeerMessageOf<'ERROR'> {
  return { type: 'ERROR', id: newMessageId(), correlationId, problem: toPeerProblem(error) };
}
