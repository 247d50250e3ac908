import { BonafideError } from '@bonafide/core/errors';
import { type Message, parseAddress } from '@bonafide/core/models';
import { type Context, readerOf } from '../context.ts';
import { readJson } from '../json.ts';
import { type Place, placeOf } from '../sessions/place.ts';
import type { InboxName, StoredMessage } from '../stores/messages.ts';
import type { Reads } from '../stores/store.ts';
import { timeText } from './heads.ts';
import { inboxOf } from './put.ts';
import { type Route, routeOf } from './route.ts';

/** The inbox of the caller, or another that is its as well; FORBIDDEN for anybody else's. */
export function ownInbox(context: Context, address: string | undefined): InboxName {
  const place = placeOf(context);
  const { workspace, name } = place;
  if (address === undefined) return { workspace, address: name };
  const route = routeOf(parseAddress(address), workspace);
  if (isOwn(readerOf(context).tables, { place, route })) return inboxOf(route);
  throw new BonafideError('FORBIDDEN', `The inbox of ${route.name} is not yours.`);
}

/** What it holds itself, the inbox of all its windows, and what its credential once held. */
function isOwn(tables: Reads, { place, route }: { readonly place: Place; readonly route: Route }): boolean {
  const { workspace, name, address } = route;
  if (workspace !== place.workspace) return false;
  if (name === place.name) return true;
  if (address.type === 'user-windows')
    return place.address.type === 'user' && place.address.user === address.user;
  if (address.type === 'agent' && place.address.type === 'agent' && place.actor.startsWith('agent:')) {
    const agent = tables.agents.getByName(workspace, address.implementation);
    if (agent) return place.actor === `agent:${agent.agentId}`;
  }
  return tables.claims.get(workspace, name)?.actor === place.actor;
}

/** A kept message as its recipient reads it. What nobody checked may be no JSON, or nested too deeply: it is shown as text. */
export function presentMessage(message: StoredMessage): Message {
  const { messageId, from, to, kind, sequence, sentAt, expiresAt, replyTo, onBehalfOf, attempts } = message;
  return {
    ...{ messageId, from, to, kind, body: readBody(message.body), sequence, sentAt: timeText(sentAt) },
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    attempt: attempts + 1,
  };
}

function readBody(text: string): Message['body'] {
  const value = readJson(text);
  return value === undefined ? text : value;
}
