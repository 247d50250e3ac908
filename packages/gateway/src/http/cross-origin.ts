import type { IncomingMessage, ServerResponse } from 'node:http';

/** Whether this already was the answer. */
export type CrossOrigin = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;

/**
 * Lets pages of the origins that may open sessions use HTTP as well, and answers what browsers ask before they do. Whoever
 * asks proves itself in each request and never by a cookie, so a page gets nothing that it was not given a key for.
 */
export function createCrossOrigin(isOriginAllowed: (origin: string) => boolean): CrossOrigin {
  return ({ method, headers }, outgoing) => {
    const { origin } = headers;
    if (origin === undefined || !isOriginAllowed(origin)) return false;
    outgoing.setHeader('access-control-allow-origin', origin);
    outgoing.setHeader('access-control-expose-headers', '*');
    outgoing.setHeader('vary', 'origin');
    const wanted = headers['access-control-request-method'];
    if (method !== 'OPTIONS' || wanted === undefined) return false;
    outgoing.writeHead(204, {
      'access-control-allow-methods': wanted,
      'access-control-allow-headers': headers['access-control-request-headers'] ?? '',
      'access-control-max-age': '600',
    });
    outgoing.end();
    return true;
  };
}
