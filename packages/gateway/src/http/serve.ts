import { BonafideError } from '@bonafide/core/errors';
import { isQuery } from '@bonafide/core/operations';
import type { Logger } from 'pino';
import { type Bus, nounTopic } from '../bus/bus.ts';
import { freshnessHeaders, indexedOperations } from '../chain/freshness.ts';
import { actorOf, type Principal, type Services } from '../context.ts';
import { openStream, runRemote } from '../handlers/index.ts';
import { newId } from '../ids.ts';
import {
  type AnswerBook,
  AnsweredBefore,
  parseIdempotencyKey,
  repeatableBody,
  requestDigest,
} from './answers.ts';
import { type Authenticated, type Authenticator, RefusedToken } from './authenticate.ts';
import { type Call, createCall } from './call.ts';
import type { Edge } from './edge.ts';
import type { ReplyHeaders } from './exchange.ts';
import { type GuessGuard, isWrongSecret, takesSecret } from './guesses.ts';
import type { NonceGuard } from './nonces.ts';
import { problemReply, toError } from './problems.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { RefusalLog } from './refusals.ts';
import { type AddressOf, networkOf } from './remote-address.ts';
import type { Route } from './routes.ts';
import { authorize } from './scopes.ts';
import { createSeats, type Seats } from './seats.ts';
import { STREAM_HEADERS, writeStream } from './sse.ts';

/** What answering requests needs beside the services. */
export interface ServeOptions {
  readonly services: Services;
  readonly authenticator: Authenticator;
  readonly nonces: NonceGuard;
  readonly answers: AnswerBook;
  readonly principals: RateLimiter;
  readonly addresses: RateLimiter;
  readonly guesses: GuessGuard;
  readonly refusals: RefusalLog;
  readonly addressOf: AddressOf;
  readonly log: Logger;
  readonly heartbeatMs: number;
  /** Ends when the gateway stops. */
  readonly stopped: AbortSignal;
}

interface Serving extends ServeOptions {
  readonly seats: Seats;
}

export type PathParameters = Readonly<Record<string, string>>;

interface Request {
  readonly route: Route;
  readonly edge: Edge;
  readonly path: PathParameters;
  readonly requestId: string;
  /** Where it comes from, as far as that can be known. */
  readonly address: string;
  /** What limits count by. */
  readonly network: string;
  /** Filled as they become known; both go into answer and log whatever happens. */
  headers: ReplyHeaders;
  principal: Principal;
}

/** Answers one request to a route: who, may they, what exactly, do it, log it. */
export function createServe(given: ServeOptions) {
  const { services, log } = given;
  const options: Serving = { ...given, seats: createSeats() };
  return async (route: Route, edge: Edge, path: PathParameters): Promise<Response> => {
    const startedAt = performance.now();
    const requestId = newId(services.now());
    const headers = { 'x-request-id': requestId };
    const address = options.addressOf(edge.call);
    const principal = { kind: 'anonymous' } as const;
    const network = networkOf(address);
    const request: Request = { route, edge, path, requestId, address, network, headers, principal };
    const outcome = await attempt(request, options);
    log.info({
      requestId,
      operation: route.operation.id,
      principal: actorOf(request.principal),
      status: outcome.status,
      ...(outcome.code ? { code: outcome.code } : {}),
      durationMs: Math.round((performance.now() - startedAt) * 1000) / 1000,
    });
    return outcome.response;
  };
}

interface Outcome {
  readonly response: Response;
  readonly status: number;
  readonly code?: string;
}

async function attempt(request: Request, options: Serving): Promise<Outcome> {
  const { edge, requestId } = request;
  try {
    return { response: await answer(request, options), status: 200 };
  } catch (cause) {
    const error = toError(cause, { log: options.log, requestId });
    return { response: edge.reply(problemReply(error, request)), status: error.status, code: error.code };
  }
}

async function answer(request: Request, options: Serving): Promise<Response> {
  const { edge, route, path } = request;
  const { call } = edge;
  const body = await call.readBody();
  const { nonce } = await admit(request, { body, options });
  const cut = call.target.indexOf('?');
  const query = cut < 0 ? '' : call.target.slice(cut + 1);
  let made: Call | undefined;
  let release: (() => void) | undefined;
  let leave: (() => void) | undefined;
  try {
    leave = options.seats.take(actorOf(request.principal), route.operation);
    const input = route.readInput({ path, query, body, contentType: call.header('content-type') });
    const attempt = attemptOf(request, body);
    if (attempt) release = options.answers.start(attempt);
    made = newCall(request, { nonce, attempt, options });
    if (route.operation.kind === 'stream') {
      const response = await stream(request, { call: made, input, leave, options });
      // The stream goes on, and leaves when it ends.
      leave = undefined;
      return response;
    }
    const output = await runRemote(route.operation.id, made.context, input);
    return edge.reply({
      status: 200,
      headers: { ...request.headers, ...JSON_HEADERS, ...ageOf(request, options) },
      body: made.bodyOf(output),
    });
  } catch (cause) {
    if (cause instanceof AnsweredBefore) return replay(request, repeatableBody(cause.answer));
    if (isWrongSecret(cause) && takesSecret(route.operation, request.principal)) {
      options.guesses.count(request.network);
    }
    throw cause;
  } finally {
    release?.();
    leave?.();
    if (nonce && !made?.isNonceStored()) options.nonces.persistLater(nonce);
  }
}

/** How old an answer from the index of the chain may be. */
function ageOf({ route }: Request, { services: { chain } }: ServeOptions): ReplyHeaders {
  return chain && indexedOperations.has(route.operation.id) ? freshnessHeaders(chain.getFreshness()) : {};
}

const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

/** Who calls, whether they may, and not too often. */
async function admit(
  request: Request,
  { body, options }: { body: Buffer; options: ServeOptions },
): Promise<Authenticated> {
  const { addresses, principals } = options;
  const { operation } = request.route;
  const authenticated = await authenticate(request, { body, options });
  const { principal } = authenticated;
  request.principal = principal;
  const isKnown = principal.kind === 'agent' || principal.kind === 'token';
  const limits = isKnown ? principals.take(actorOf(principal)) : addresses.take(request.network);
  request.headers = { ...request.headers, ...limits };
  authorize(principal, operation.access);
  if (takesSecret(operation, principal)) options.guesses.check(request.network);
  return authenticated;
}

/** Only what fails counts against an address: many agents and people may share one. */
async function authenticate(
  { route, address, network, edge: { call } }: Request,
  { body, options }: { body: Buffer; options: ServeOptions },
): Promise<Authenticated> {
  try {
    return await options.authenticator.authenticate(call, { body, access: route.operation.access, network });
  } catch (cause) {
    if (cause instanceof RefusedToken) await options.refusals.note(cause, address);
    if (BonafideError.is(cause) && cause.status === 401) options.guesses.count(network);
    throw cause;
  }
}

function attemptOf({ edge: { call }, route: { operation }, principal }: Request, body: Buffer) {
  const key = parseIdempotencyKey(call.header('idempotency-key'));
  if (key === undefined || isQuery(operation)) return undefined;
  // The signature covered it, which it must when there is a body.
  const isVerified = principal.kind !== 'token' && body.length > 0;
  const contentDigest = isVerified ? call.header('content-digest') : undefined;
  const digest = requestDigest({ operation: operation.id, target: call.target, body, contentDigest });
  return { principal: actorOf(principal), key, digest };
}

function newCall(
  { route, requestId, principal, edge }: Request,
  {
    options,
    ...rest
  }: Pick<Authenticated, 'nonce'> & { attempt: ReturnType<typeof attemptOf>; options: ServeOptions },
): Call {
  const cursor = edge.call.header('last-event-id');
  const signal = () => AbortSignal.any([edge.call.signal, options.stopped]);
  return createCall(
    { operation: route.operation, requestId, principal, cursor, signal, ...rest },
    options.services,
  );
}

function replay({ edge, headers }: Request, body: string): Response {
  return edge.reply({
    status: 200,
    headers: { ...headers, ...JSON_HEADERS, 'idempotent-replayed': 'true' },
    body,
  });
}

interface StreamCall {
  readonly call: Call;
  readonly input: Record<string, unknown>;
  readonly leave: () => void;
  readonly options: ServeOptions;
}

async function stream(request: Request, { call, input, leave, options }: StreamCall): Promise<Response> {
  const { route, edge, requestId, principal } = request;
  const ended = new AbortController();
  const signal = AbortSignal.any([call.context.signal, ended.signal]);
  const items = openStream(route.operation.id, { ...call.context, signal }, input);
  const age = ageOf(request, options);
  const { sink, response } = edge.openStream({ ...request.headers, ...STREAM_HEADERS, ...age });
  const { services, authenticator, heartbeatMs, log } = options;
  void writeStream(items, {
    ...{ sink, heartbeatMs, requestId, signal },
    stop: () => ended.abort(),
    revalidate: () => authenticator.revalidate(principal, route.operation.access),
    watch: (listener) => watchPrincipals(services.bus, listener),
    toError: (cause) => toError(cause, { log, requestId }),
    onStalled: () => log.warn({ requestId, principal: actorOf(principal) }, 'stalled stream closed'),
  }).finally(leave);
  return response;
}

function watchPrincipals(bus: Bus, listener: () => void): () => void {
  const ends = ['agent', 'token', 'member'].map((noun) => bus.subscribe(nounTopic(noun), listener));
  return () => {
    for (const end of ends) end();
  };
}
