import { isQuery } from '@bonafide/core/operations';
import type { Logger } from 'pino';
import { type Bus, nounTopic } from '../bus/bus.ts';
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
import type { Authenticated, Authenticator } from './authenticate.ts';
import { type Call, createCall } from './call.ts';
import type { Edge } from './edge.ts';
import type { ReplyHeaders } from './exchange.ts';
import type { NonceGuard } from './nonces.ts';
import { problemReply, toError } from './problems.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { AddressOf } from './remote-address.ts';
import type { Route } from './routes.ts';
import { authorize } from './scopes.ts';
import { STREAM_HEADERS, writeStream } from './sse.ts';

/** What answering requests needs beside the services. */
export interface ServeOptions {
  readonly services: Services;
  readonly authenticator: Authenticator;
  readonly nonces: NonceGuard;
  readonly answers: AnswerBook;
  readonly principals: RateLimiter;
  readonly addresses: RateLimiter;
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
    const request: Request = { route, edge, path, requestId, headers, principal: { kind: 'anonymous' } };
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
  const { edge, route, path } = request;
  const { call } = edge;
  const body = await call.readBody();
  const { nonce } = await admit(request, { body, options });
  const cut = call.target.indexOf('?');
  const query = cut < 0 ? '' : call.target.slice(cut + 1);
  let made: Call | undefined;
  let release: (() => void) | undefined;
  try {
    const input = route.readInput({ path, query, body, contentType: call.header('content-type') });
    const attempt = attemptOf(request, body);
    if (attempt) release = options.answers.start(attempt);
    made = newCall(request, { nonce, attempt, options });
    if (route.operation.kind === 'stream') return stream(request, { call: made, input, options });
    const output = await runRemote(route.operation.id, made.context, input);
    return edge.reply({
      status: 200,
      headers: { ...request.headers, ...JSON_HEADERS },
      body: made.bodyOf(output),
    });
  } catch (cause) {
    if (cause instanceof AnsweredBefore) return replay(request, repeatableBody(cause.answer));
    throw cause;
  } finally {
    release?.();
    if (nonce && !made?.isNonceStored()) options.nonces.persistLater(nonce);
  }
}

const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

/** Who calls, whether they may, and not too often. */
async function admit(
  request: Request,
  { body, options }: { body: Buffer; options: ServeOptions },
): Promise<Authenticated> {
  const { authenticator, addresses, principals, addressOf } = options;
  const { call } = request.edge;
  const { access } = request.route.operation;
  const address = addressOf(call);
  addresses.check(address);
  const authenticated = await authenticator.authenticate(call, { body, access }).catch((cause: unknown) => {
    // Only what fails, or is open to all, counts against an address: many agents may share one.
    addresses.charge(address);
    throw cause;
  });
  request.principal = authenticated.principal;
  const isKnown = authenticated.principal.kind === 'agent' || authenticated.principal.kind === 'token';
  const limits = isKnown ? principals.take(actorOf(authenticated.principal)) : addresses.take(address);
  request.headers = { ...request.headers, ...limits };
  authorize(authenticated.principal, access);
  return authenticated;
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

async function stream(
  request: Request,
  { call, input, options }: { call: Call; input: Record<string, unknown>; options: ServeOptions },
): Promise<Response> {
  const { route, edge, requestId, principal } = request;
  const ended = new AbortController();
  const signal = AbortSignal.any([call.context.signal, ended.signal]);
  const items = openStream(route.operation.id, { ...call.context, signal }, input);
  const { sink, response } = edge.openStream({ ...request.headers, ...STREAM_HEADERS });
  const { services, authenticator, heartbeatMs, log } = options;
  void writeStream(items, {
    ...{ sink, heartbeatMs, requestId, signal },
    stop: () => ended.abort(),
    revalidate: () => authenticator.revalidate(principal, route.operation.access),
    watch: (listener) => watchPrincipals(services.bus, listener),
    toError: (cause) => toError(cause, { log, requestId }),
    onStalled: () => log.warn({ requestId, principal: actorOf(principal) }, 'stalled stream closed'),
  });
  return response;
}

function watchPrincipals(bus: Bus, listener: () => void): () => void {
  const ends = ['agent', 'token', 'member'].map((noun) => bus.subscribe(nounTopic(noun), listener));
  return () => {
    for (const end of ends) end();
  };
}
