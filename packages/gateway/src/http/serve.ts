import { isQuery } from '@bonafide/core/operations';
import type { Logger } from 'pino';
import { type Bus, nounTopic } from '../bus/bus.ts';
import { freshnessHeaders, indexedOperations } from '../chain/freshness.ts';
import { actorOf, type Principal, type Services } from '../context.ts';
import { newId } from '../ids.ts';
import { type AnswerBook, parseIdempotencyKey, requestDigest } from './answers.ts';
import type { Authenticated, Authenticator } from './authenticate.ts';
import type { Edge } from './edge.ts';
import type { ReplyHeaders } from './exchange.ts';
import { type Execution, execute, openItems } from './execute.ts';
import { noteFailedProof } from './failed-proof.ts';
import { type GuessGuard, takesSecret } from './guesses.ts';
import type { NonceGuard } from './nonces.ts';
import { problemReply, toError } from './problems.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { RefusalLog } from './refusals.ts';
import { type AddressOf, networkOf } from './remote-address.ts';
import type { Route } from './routes.ts';
import { authorize } from './scopes.ts';
import type { Seats } from './seats.ts';
import { STREAM_HEADERS, writeStream } from './sse.ts';

/** What answering requests needs beside the services. */
export interface ServeOptions {
  readonly services: Services;
  readonly authenticator: Authenticator;
  readonly nonces: NonceGuard;
  readonly answers: AnswerBook;
  readonly seats: Seats;
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
export function createServe(options: ServeOptions) {
  const { services, log } = options;
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

async function attempt(request: Request, options: ServeOptions): Promise<Outcome> {
  const { edge, requestId } = request;
  try {
    return { response: await answer(request, options), status: 200 };
  } catch (cause) {
    const error = toError(cause, { log: options.log, requestId });
    return { response: edge.reply(problemReply(error, request)), status: error.status, code: error.code };
  }
}

async function answer(request: Request, options: ServeOptions): Promise<Response> {
  const body = await request.edge.call.readBody();
  const { nonce } = await admit(request, { body, options });
  const execution = executionOf(request, { body, nonce, options });
  if (request.route.operation.kind === 'stream') return stream(request, { execution, options });
  const answered = await execute(execution, options);
  if (answered.isReplayed) return replay(request, answered.body);
  return request.edge.reply({
    status: 200,
    headers: { ...request.headers, ...JSON_HEADERS, ...ageOf(request, options) },
    body: answered.body,
  });
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

async function authenticate(
  { route, address, network, edge: { call } }: Request,
  { body, options }: { body: Buffer; options: ServeOptions },
): Promise<Authenticated> {
  try {
    return await options.authenticator.authenticate(call, { body, access: route.operation.access, network });
  } catch (cause) {
    await noteFailedProof(cause, { address, network, ...options });
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

function executionOf(
  request: Request,
  { body, nonce, options }: Pick<Authenticated, 'nonce'> & { body: Buffer; options: ServeOptions },
): Execution {
  const { route, requestId, principal, network, edge, path } = request;
  const { call } = edge;
  const cut = call.target.indexOf('?');
  const query = cut < 0 ? '' : call.target.slice(cut + 1);
  return {
    ...{ operation: route.operation, requestId, principal, network, nonce },
    cursor: call.header('last-event-id'),
    signal: () => AbortSignal.any([call.signal, options.stopped]),
    readInput: () => route.readInput({ path, query, body, contentType: call.header('content-type') }),
    attempt: () => attemptOf(request, body),
  };
}

function replay({ edge, headers }: Request, body: string): Response {
  return edge.reply({
    status: 200,
    headers: { ...headers, ...JSON_HEADERS, 'idempotent-replayed': 'true' },
    body,
  });
}

function stream(
  request: Request,
  { execution, options }: { readonly execution: Execution; readonly options: ServeOptions },
): Response {
  const { route, edge, requestId, principal } = request;
  const ended = new AbortController();
  const { context, items, leave } = openItems(execution, { options, ended: ended.signal });
  const age = ageOf(request, options);
  const { sink, response } = edge.openStream({ ...request.headers, ...STREAM_HEADERS, ...age });
  const { services, authenticator, heartbeatMs, log } = options;
  void writeStream(items, {
    ...{ sink, heartbeatMs, requestId, signal: AbortSignal.any([context.signal, ended.signal]) },
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
