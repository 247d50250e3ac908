import type { IncomingMessage, ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import {
  fetchCall,
  fetchSink,
  type IncomingCall,
  nodeCall,
  nodeSink,
  type Reply,
  type ReplyHeaders,
  type StreamSink,
} from './exchange.ts';

/** The two ends of one request, whatever carries it. */
export interface Edge {
  readonly call: IncomingCall;
  reply(reply: Reply): Response;
  openStream(headers: ReplyHeaders): { readonly sink: StreamSink; readonly response: Response };
}

export interface NodeBindings {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** Answers straight on Node's response: building a web Response for each request costs more than the routing. */
export function nodeEdge({ incoming, outgoing }: NodeBindings): Edge {
  return {
    call: nodeCall(incoming, outgoing),
    reply({ status, headers, body }) {
      outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
      outgoing.end(body);
      return RESPONSE_ALREADY_SENT;
    },
    openStream(headers) {
      outgoing.writeHead(200, headers);
      outgoing.flushHeaders();
      return { sink: nodeSink(outgoing), response: RESPONSE_ALREADY_SENT };
    },
  };
}

export function fetchEdge(request: Request): Edge {
  return {
    call: fetchCall(request),
    reply: ({ status, headers, body }) => new Response(body, { status, headers }),
    openStream(headers) {
      const { sink, body } = fetchSink();
      return { sink, response: new Response(body, { headers }) };
    },
  };
}
