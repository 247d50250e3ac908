import { isUtf8 } from 'node:buffer';
import { AuthenticationError, BonafideError } from '@bonafide/core/errors';
import { PROTOCOL, SESSION_PATH, TICKET_HEADER } from '@bonafide/core/protocol';
import type { Context, Hono } from 'hono';
import type { EventStreams, Ticket } from '../sessions/event-stream.ts';
import type { Edge } from './edge.ts';
import { type AddressOf, networkOf } from './remote-address.ts';
import { STREAM_HEADERS } from './sse.ts';

export interface SessionEndpoints {
  readonly streams: EventStreams;
  readonly addressOf: AddressOf;
  edgeOf(context: Context): Edge;
}

/** Sessions for those who cannot open a WebSocket: the same frames, as events one way and by POST the other. */
export function addSessionEndpoints(app: Hono, { streams, addressOf, edgeOf }: SessionEndpoints): void {
  app.get(SESSION_PATH, () => {
    throw new BonafideError('VALIDATION_FAILED', `Open a WebSocket here, with the subprotocol ${PROTOCOL}.`);
  });
  app.post(SESSION_PATH, (context) => {
    const edge = edgeOf(context);
    const remoteAddress = addressOf(edge.call);
    const ticket = streams.open({ remoteAddress, network: networkOf(remoteAddress) });
    return edge.reply({ status: 201, headers: JSON_HEADERS, body: JSON.stringify(ticket) });
  });
  app.get(`${SESSION_PATH}/stream`, (context) => {
    const edge = edgeOf(context);
    const read = streams.startReading(ticketOf(edge), edge.call.signal);
    const { sink, response } = edge.openStream(STREAM_HEADERS);
    read(sink);
    return response;
  });
  app.post(`${SESSION_PATH}/frames`, async (context) => {
    const edge = edgeOf(context);
    const ticket = ticketOf(edge);
    const body = await edge.call.readBody();
    if (!isUtf8(body)) throw new BonafideError('VALIDATION_FAILED', 'Frames are UTF-8.');
    await streams.write(ticket, body.toString('utf8'));
    return edge.reply({ status: 202, headers: JSON_HEADERS, body: '{}' });
  });
}

const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

function ticketOf({ call }: Edge): Ticket {
  const [connectionId = '', secret = '', ...rest] = (call.header(TICKET_HEADER) ?? '').split('.');
  if (rest.length === 0 && secret !== '') return { connectionId, secret };
  throw new AuthenticationError(`Name the connection in the header ${TICKET_HEADER}.`);
}
