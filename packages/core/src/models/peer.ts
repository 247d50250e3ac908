import { z } from 'zod';
import { amountUsdc, did, jsonObject, timestamp } from './common.ts';
import { capability } from './skill.ts';
import { jobOffer } from './terms.ts';

const token = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/, 'must be 16-64 characters of base64url');
const text = z.string().max(2_000);
const publicKey32 = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes in base64url');

/** A price for one intent. With `offer`, terms that the provider signed: whoever takes them has a job. */
export const peerQuote = z.strictObject({
  amountUsdc,
  expiresAt: timestamp,
  offer: jobOffer.optional(),
});
export type PeerQuote = z.infer<typeof peerQuote>;

const intentRequest = z.union([
  z.strictObject({ query: text.min(1), context: jsonObject.optional() }),
  z.strictObject({ task: capability, params: jsonObject.optional() }),
]);
/** What is asked before anything runs: in words, or as a task with parameters. */
export type IntentRequest = z.infer<typeof intentRequest>;

export const intentReply = z.strictObject({
  status: z.enum(['accepted', 'needs-input', 'declined']),
  capability: capability.optional().meta({ description: 'What to execute when it is accepted' }),
  message: text.optional(),
  requiredInput: jsonObject.optional().meta({ description: 'JSON Schema of the arguments to execute with' }),
  quote: peerQuote.optional(),
  expiresAt: timestamp.optional().meta({ description: 'Until when it can be executed' }),
});
export type IntentReply = z.infer<typeof intentReply>;

export const executionProgress = z.strictObject({
  fraction: z.number().min(0).max(1).optional(),
  step: z.string().max(200).optional(),
  message: text.optional(),
});
export type ExecutionProgress = z.infer<typeof executionProgress>;

/** A problem document of a stranger: only its code and its text are believed. */
export const peerProblem = z.object({ code: z.string().max(64), detail: text }).loose();

const messageId = z.string().regex(/^[\x21-\x7e]{1,64}$/, 'must be 1-64 visible ASCII characters');
const base = { id: messageId, correlationId: messageId.optional() };
const sequence = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const description = {
  sdp: z.string().min(1).max(32_768),
  /** X25519 key of this attempt; present where this side lets a gateway relay sealed packets. */
  relayKey: publicKey32.optional(),
};

const register = z.strictObject({ type: z.literal('REGISTER'), ...base, allowsRelay: z.boolean() });
const unregister = z.strictObject({ type: z.literal('UNREGISTER'), ...base, reason: text.optional() });
const offer = z.strictObject({
  type: z.literal('OFFER'),
  ...base,
  ...description,
  linkId: token.meta({ description: 'Of the link that this connection continues, or begins' }),
  isRestart: z.boolean().default(false).meta({ description: 'New ICE credentials of the same connection' }),
});
const answer = z.strictObject({ type: z.literal('ANSWER'), ...base, ...description });
const iceCandidate = z.strictObject({
  type: z.literal('ICE_CANDIDATE'),
  ...base,
  candidate: z.string().max(1_024).nullable().meta({ description: 'null: there are no more' }),
  sdpMid: z.string().max(64).nullable().optional(),
  sdpMLineIndex: z.int().min(0).max(65_535).nullable().optional(),
  usernameFragment: z.string().max(256).nullable().optional(),
});
const intent = z.strictObject({
  type: z.literal('INTENT'),
  ...base,
  intent: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('request'), request: intentRequest }),
    z.strictObject({ kind: z.literal('reply'), reply: intentReply }),
  ]),
});
const execRequest = z.strictObject({
  type: z.literal('EXEC_REQUEST'),
  ...base,
  request: z.discriminatedUnion('action', [
    z.strictObject({
      action: z.literal('start'),
      capability,
      args: jsonObject,
      intentId: messageId.optional(),
      timeoutMs: z.int().min(1).max(86_400_000),
    }),
    z.strictObject({ action: z.literal('cancel'), reason: text.optional() }),
  ]),
});
const execResponse = z.strictObject({
  type: z.literal('EXEC_RESPONSE'),
  ...base,
  response: z.discriminatedUnion('status', [
    z.strictObject({ status: z.literal('accepted') }),
    z.strictObject({ status: z.literal('progress'), progress: executionProgress }),
    z.strictObject({ status: z.literal('chunk'), sequence, chunk: z.json() }),
    z.strictObject({ status: z.literal('success'), result: z.json(), durationMs: z.number().min(0) }),
    z.strictObject({ status: z.literal('error'), problem: peerProblem }),
  ]),
});
const error = z.strictObject({ type: z.literal('ERROR'), ...base, problem: peerProblem });
const ping = z.strictObject({ type: z.literal('PING'), ...base, sequence });
const pong = z.strictObject({ type: z.literal('PONG'), ...base, sequence });

const anyMessage = z.discriminatedUnion('type', [
  register,
  unregister,
  offer,
  answer,
  iceCandidate,
  intent,
  execRequest,
  execResponse,
  error,
  ping,
  pong,
]);

/** Levels of JSON in a message. Whatever walks much deeper ones overflows its stack, as the schemas here would. */
const MOST_LEVELS = 64;

/** What two agents and their gateway say to each other: eleven types, told apart by `type`. */
export const peerMessage = z.preprocess((value, context) => {
  if (hasAtMost(MOST_LEVELS, value)) return value;
  context.addIssue({ code: 'custom', message: `must have at most ${MOST_LEVELS} levels of JSON` });
  return z.NEVER;
}, anyMessage);
export type PeerMessage = z.infer<typeof peerMessage>;
export type PeerMessageType = PeerMessage['type'];
export type PeerMessageOf<Type extends PeerMessageType> = Extract<PeerMessage, { readonly type: Type }>;

/** What goes through a gateway, to whom: to the gateway itself, or to a peer. Never an intent or an execution. */
export const signalRoutes = {
  gateway: ['REGISTER', 'UNREGISTER', 'PING'],
  peer: ['OFFER', 'ANSWER', 'ICE_CANDIDATE', 'ERROR'],
} as const satisfies Readonly<Record<string, readonly PeerMessageType[]>>;

/** Payload of a `peer.signal` envelope; its issuer is the sender. */
export const peerSignal = z.strictObject({
  version: z.literal(1),
  to: did,
  connectionId: token.optional().meta({ description: 'Of the attempt; made by who offers' }),
  sequence: z
    .int()
    .min(1)
    .optional()
    .meta({ description: 'Of what this side sent about the connection, from 1' }),
  message: peerMessage,
});
export type PeerSignal = z.infer<typeof peerSignal>;

/** A peer as tools show it. */
export const peerState = z.object({
  did,
  state: z.enum(['connected', 'suspended', 'closed']),
  path: z
    .enum(['direct', 'relayed'])
    .optional()
    .meta({ description: 'relayed: sealed, through the gateway, because there was no direct way' }),
});
export type PeerState = z.infer<typeof peerState>;

function hasAtMost(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((member) => hasAtMost(levels - 1, member));
}
