import { BonafideError } from '../errors.ts';
import { toProblem } from '../problem.ts';
import { pathOf } from './proxy-address.ts';
import type { ServiceHandler } from './types.ts';

/** Of one connection (RFC 9110 section 7.6.1), or made anew by fetch for its own. */
const notForwarded = [
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'host', 'content-length', 'expect', 'accept-encoding'],
];
const notReturned = ['connection', 'keep-alive', 'transfer-encoding', 'trailer', 'upgrade'];

/** Passes requests on to a server, under the path of its URL, with the headers by which the gateway says who asks. */
export function forwardTo(base: URL): ServiceHandler {
  const prefix = base.origin + base.pathname.replace(/\/+$/, '');
  return async (request) => {
    const headers = new Headers(request.headers);
    for (const name of notForwarded) headers.delete(name);
    // Bodies pass unchanged: what fetch unpacks would have to be packed again.
    headers.set('accept-encoding', 'identity');
    const { method, body, signal } = request;
    const init = { method, headers, body, signal, redirect: 'manual', duplex: 'half' } as RequestInit;
    try {
      return toReturned(await fetch(prefix + pathOf(request.url), init));
    } catch (error) {
      if (signal.aborted) throw error;
      return badGateway();
    }
  };
}

function toReturned({ status, statusText, headers: given, body }: Response): Response {
  const headers = new Headers(given);
  for (const name of notReturned) headers.delete(name);
  if (headers.has('content-encoding')) {
    // It was unpacked all the same.
    headers.delete('content-encoding');
    headers.delete('content-length');
  }
  return new Response(body, { status, statusText, headers });
}

function badGateway(): Response {
  const error = new BonafideError('UNAVAILABLE', 'The server behind this service does not answer.');
  return Response.json(toProblem(error), {
    status: 502,
    headers: { 'content-type': 'application/problem+json' },
  });
}
