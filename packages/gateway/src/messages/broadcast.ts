import { BonafideError } from '@bonafide/core/errors';
import type { MessageKind } from '@bonafide/core/models';
import { MAX_MESSAGE_BYTES } from '@bonafide/core/models';
import type { Context, Services } from '../context.ts';
import { newId } from '../ids.ts';
import { placeOf } from '../sessions/place.ts';
import { sessionsElsewhere } from './elsewhere.ts';
import { liveHead } from './heads.ts';
import type { Reach } from './live.ts';
import { assertOwnKind } from './permissions.ts';
import { isGroup } from './recipients.ts';
import { roomOf } from './room.ts';
import { type Route, routeTo } from './route.ts';

/** Gateways answer at once, or are gone. */
const ANSWER_MS = 2000;

/** Sends to everybody of a group who is connected, on whichever gateway, and counts them. */
export async function broadcast(
  context: Context,
  { to, kind, body }: { readonly to: string; readonly kind: MessageKind; readonly body: unknown },
): Promise<Reach> {
  assertOwnKind(kind);
  const { services, read } = context;
  const place = placeOf(context);
  const route = routeTo(read, place, to);
  if (!isGroup(route) || route.keeping === 'events' || route.keeping === 'metrics')
    throw new BonafideError('VALIDATION_FAILED', `${route.name} is not a group: use messages.send.`);
  const text = JSON.stringify(body);
  if (Buffer.byteLength(text) > MAX_MESSAGE_BYTES)
    throw new BonafideError('PAYLOAD_TOO_LARGE', `A message has at most ${MAX_MESSAGE_BYTES} bytes.`);
  const lines = `${liveHead(place.name, route.name, kind)}${text}\n`;
  const here = roomOf(services).relay.hand(route, lines, place.name);
  const there = await askOthers(services, { route, lines, sender: place.name });
  return { reached: here.reached + there.reached, missed: here.missed + there.missed };
}

interface Call {
  readonly route: Route;
  readonly lines: string;
  readonly sender: string;
}

/** Those whose gateway does not answer count as missed by one each: how many they are nobody knows. */
async function askOthers(services: Services, { route, lines, sender }: Call): Promise<Reach> {
  const { workspace } = route;
  const gateways = new Set<string>();
  for (const { gatewayId } of sessionsElsewhere(services, { workspace })) gateways.add(gatewayId);
  let reach: Reach = { reached: 0, missed: 0 };
  if (gateways.size === 0) return reach;
  const subject = `answer/${newId(services.now())}`;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = services.bus.listen(subject, (text) => {
    const answer: Reach & { readonly gateway: string } = JSON.parse(text);
    if (!gateways.delete(answer.gateway)) return;
    reach = { reached: reach.reached + answer.reached, missed: reach.missed + answer.missed };
    if (gateways.size === 0) resolve();
  });
  const timer = setTimeout(resolve, ANSWER_MS);
  roomOf(services).relay.forward({ route, sender, answer: { subject } }, lines);
  await promise;
  clearTimeout(timer);
  end();
  return { reached: reach.reached, missed: reach.missed + gateways.size };
}
