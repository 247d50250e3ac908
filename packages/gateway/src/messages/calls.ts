import { BonafideError } from '@bonafide/core/errors';
import { accessLevels, type Message, type MessageKind } from '@bonafide/core/models';
import type { Context } from '../context.ts';
import { createWaiter } from '../events/waiter.ts';
import { noteUse, readOnBehalf } from '../grants/on-behalf.ts';
import type { StreamItem } from '../handlers/types.ts';
import { newId } from '../ids.ts';
import type { Transaction } from '../ledger.ts';
import { tellMetric } from '../metrics/live.ts';
import { type PageInput, readPage } from '../paging.ts';
import { type Place, placeOf } from '../sessions/place.ts';
import type { StoredMessage } from '../stores/messages.ts';
import { SECOND_MS } from '../time.ts';
import { startIfAway } from './launching.ts';
import { ownInbox, presentMessage } from './own.ts';
import { assertOwnKind } from './permissions.ts';
import { assertCurrent } from './place.ts';
import { type Kept, putMessage } from './put.ts';
import { type Route, routeTo } from './route.ts';
import { inboxTopic } from './topics.ts';
import { parseWorkflowEvent, tellRules } from './workflow-events.ts';

/** What a caller asks to send. */
interface SendInput {
  readonly to: string;
  readonly kind: MessageKind;
  readonly body: unknown;
  readonly messageId?: string | undefined;
  readonly replyTo?: string | undefined;
  readonly expiresInSeconds?: number | undefined;
  readonly grantId?: string | undefined;
}

interface Letter extends SendInput {
  readonly messageId: string;
  readonly place: Place;
  readonly route: Route;
}

/** Keeps a message for its recipient; the same in a session and without one. */
export async function sendMessage(context: Context, input: SendInput): Promise<Kept> {
  const { read, services, commit, workspace, session } = context;
  assertOwnKind(input.kind);
  const place = placeOf(context);
  const letter: Letter = {
    ...input,
    ...{ messageId: input.messageId ?? newId(services.now()), place, route: routeTo(read, place, input.to) },
  };
  const work = (tx: Transaction) => {
    if (session) assertCurrent(tx.tables, session);
    return keep(tx, letter);
  };
  const { route } = letter;
  // Rules follow the events of their own workspace.
  const isAbroad = route.keeping === 'events' && route.workspace !== workspace;
  const kept = isAbroad
    ? await services.ledger.commit({ workspace: route.workspace, actor: place.actor }, work)
    : await commit(work);
  if (route.keeping === 'metrics' && !kept.isDuplicate)
    tellMetric(services, {
      workspace: route.workspace,
      source: place.name,
      body: JSON.stringify(input.body),
    });
  return kept;
}

function keep(tx: Transaction, letter: Letter): Kept {
  const { place, route, kind, messageId, replyTo, expiresInSeconds, grantId } = letter;
  const body = JSON.stringify(letter.body);
  const event = route.keeping === 'events' ? parseWorkflowEvent(body) : undefined;
  const level = accessLevels.readwrite;
  const about = { grantId, operation: 'messages.send', level, nowMs: tx.nowMs };
  const onBehalf = readOnBehalf(tx.tables, place, about);
  const sender = { workspace: place.workspace, address: place.name };
  const expiresAt = expiresInSeconds === undefined ? undefined : tx.nowMs + expiresInSeconds * SECOND_MS;
  const onBehalfOf = onBehalf?.address;
  const kept = putMessage(tx, { sender, route, kind, messageId, body, replyTo, expiresAt, onBehalfOf });
  if (kept.isDuplicate) return kept;
  startIfAway(tx, route);
  if (onBehalf) noteUse(tx, { ...onBehalf, operation: 'messages.send' });
  if (event) tellRules(tx, { messageId, ...event, source: place.name, sender: place.actor });
  return kept;
}

/** The caller's inbox, oldest first. */
export function listMessages(
  context: Context,
  {
    address,
    kind,
    ...input
  }: PageInput & { readonly address?: string | undefined; readonly kind?: MessageKind | undefined },
): { items: Message[]; nextCursor?: string } {
  const { read } = context;
  const inboxId = read.inboxes.find(ownInbox(context, address))?.inboxId;
  const { items, ...rest } = readPage({
    input,
    read: ({ beyond, limit }) =>
      inboxId === undefined ? [] : listOfKind(context, { inboxId, kind, after: Number(beyond ?? 0), limit }),
    keyOf: ({ sequence }) => String(sequence),
    keys: SEQUENCE,
  });
  return { items: items.map(presentMessage), ...rest };
}

const SEQUENCE = /^\d{1,15}$/;
const PAGE = 100;
const PAGE_BYTES = 8_388_608;

interface Part {
  readonly inboxId: number;
  readonly kind: MessageKind | undefined;
  readonly after: number;
  readonly limit: number;
}

function listOfKind({ read }: Context, { inboxId, kind, after, limit }: Part): StoredMessage[] {
  const found: StoredMessage[] = [];
  let position = after;
  while (found.length < limit) {
    const page = read.messages.listAfter(inboxId, { after: position, limit: PAGE, maxBytes: PAGE_BYTES });
    const last = page.at(-1);
    if (!last) break;
    found.push(...page.filter((message) => kind === undefined || message.kind === kind));
    position = last.sequence;
  }
  return found.slice(0, limit);
}

/** Takes messages out of the caller's inbox; with a reason they become dead letters. */
export async function acknowledgeMessages(
  context: Context,
  {
    address,
    sequences,
    rejectReason,
  }: {
    readonly address?: string | undefined;
    readonly sequences: readonly number[];
    readonly rejectReason?: string | undefined;
  },
): Promise<{ acknowledged: number }> {
  const inbox = ownInbox(context, address);
  const { session, services } = context;
  return context.commit(({ tables, nowMs }) => {
    if (session) assertCurrent(tables, session);
    const inboxId = tables.inboxes.find(inbox)?.inboxId;
    if (inboxId === undefined) return { acknowledged: 0 };
    if (rejectReason === undefined)
      return { acknowledged: tables.messages.settle(inboxId, { sequences }, 'delivered') };
    const isBuried = (sequence: number) =>
      tables.deadLetters.bury(
        { inboxId, sequence },
        { deadLetterId: newId(services.now()), reason: 'rejected', detail: rejectReason, at: nowMs },
      );
    return { acknowledged: sequences.filter(isBuried).length };
  });
}

/** What is in the caller's inbox, then each message as it comes. */
export async function* watchMessages(
  context: Context,
  { address }: { readonly address?: string | undefined },
): AsyncGenerator<StreamItem<Message>> {
  const { read, services, signal, cursor } = context;
  const inbox = ownInbox(context, address);
  let after = startAfter(cursor);
  const waiter = createWaiter(services.bus, { topics: [inboxTopic(inbox)], signal });
  try {
    while (!signal.aborted) {
      const inboxId = read.inboxes.find(inbox)?.inboxId;
      const page =
        inboxId === undefined
          ? []
          : read.messages.listAfter(inboxId, { after, limit: PAGE, maxBytes: PAGE_BYTES });
      for (const message of page) {
        after = message.sequence;
        yield { data: presentMessage(message), id: String(after) };
      }
      if (page.length === 0) await waiter.next();
    }
  } finally {
    waiter.close();
  }
}

function startAfter(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (SEQUENCE.test(cursor)) return Number(cursor);
  throw new BonafideError('VALIDATION_FAILED', 'The cursor is not one of this stream.');
}
