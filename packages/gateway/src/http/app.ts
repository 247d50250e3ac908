import { BonafideError } from '@bonafide/core/errors';
import { toOpenApi } from '@bonafide/core/openapi';
import { type Context, Hono } from 'hono';
import { newId } from '../ids.ts';
import type { EventStreams } from '../sessions/event-stream.ts';
import { type Edge, fetchEdge, type NodeBindings, nodeEdge } from './edge.ts';
import { problemReply, toError } from './problems.ts';
import { createRoutes } from './routes.ts';
import { createServe, type ServeOptions } from './serve.ts';
import { addSessionEndpoints } from './session-endpoints.ts';

export interface AppOptions extends ServeOptions {
  readonly url: () => string;
  readonly streams: EventStreams;
}

/** The HTTP surface: one route for each operation, and what machines ask of any server. */
export function createApp(options: AppOptions): Hono {
  const app = new Hono();
  const routes = createRoutes();
  const serve = createServe(options);
  for (const route of routes) {
    app.on(route.method, route.path, (context) => serve(route, edgeOf(context), context.req.param()));
  }
  addPlainEndpoints(app, options);
  addSessionEndpoints(app, { ...options, edgeOf });
  addDescription(app, options);
  app.notFound((context) =>
    refuse(context, new BonafideError('NOT_FOUND', 'There is nothing at this address.'), options),
  );
  app.onError((cause, context) => refuse(context, cause, options));
  return app;
}

/** The OpenAPI document, made at the first request: nobody is asked who they are here, so it must cost nothing. */
function addDescription(app: Hono, { services: { version }, url }: AppOptions): void {
  let made: { readonly url: string; readonly document: object } | undefined;
  app.get('/openapi.json', (context) => {
    const current = url();
    if (made?.url !== current) made = { url: current, document: toOpenApi({ version, url: current }) };
    return plain(context, made.document);
  });
}

/** For load balancers and process managers, which know neither our operations nor our errors. */
function addPlainEndpoints(app: Hono, { services, stopped }: AppOptions): void {
  app.get('/health', (context) => plain(context, { status: 'ok' }));
  app.get('/ready', (context) => {
    if (stopped.aborted || !services.store.isWritable())
      return plain(context, { status: 'unavailable' }, 503);
    return plain(context, { status: 'ready' });
  });
}

function plain(context: Context, value: unknown, status = 200): Response {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return edgeOf(context).reply({ status, headers, body: JSON.stringify(value) });
}

function refuse(context: Context, cause: unknown, { log, services }: AppOptions): Response {
  const requestId = newId(services.now());
  const error = toError(cause, { log, requestId });
  return edgeOf(context).reply(problemReply(error, { requestId, headers: { 'x-request-id': requestId } }));
}

function edgeOf({ env, req }: Context): Edge {
  return isNode(env) ? nodeEdge(env) : fetchEdge(req.raw);
}

function isNode(env: unknown): env is NodeBindings {
  return typeof env === 'object' && env !== null && 'incoming' in env && 'outgoing' in env;
}
