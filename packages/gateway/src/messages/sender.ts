import { BonafideError } from '@bonafide/core/errors';
import { accessLevels } from '@bonafide/core/models';
import { toProblem } from '@bonafide/core/problem';
import { encodeFrame, type SendFrame } from '@bonafide/core/protocol';
import type { Services } from '../context.ts';
import { noteUse, type OnBehalf, readOnBehalf } from '../grants/on-behalf.ts';
import type { Transaction } from '../ledger.ts';
import type { Session } from '../sessions/session.ts';
import type { NewMessage, Placed, StoredMessage } from '../stores/messages.ts';
import { SECOND_MS } from '../time.ts';
import type { Identity } from './identity.ts';
import { startIfAway } from './launching.ts';
import { fullInbox, type MessageLimits } from './limits.ts';
import type { Arrivals, LocalInboxes } from './local.ts';
import { assertCurrent } from './place.ts';
import { ensureInbox, fanOut, toNewMessage } from './put.ts';
import { assertKept } from './route.ts';
import type { KnownRoute, Routes } from './routes.ts';
import { checkSend } from './send-frame.ts';
import type { Step, Turns } from './turn.ts';
import { parseWorkflowEvent, tellRules } from './workflow-events.ts';

interface SenderOptions {
  readonly services: Services;
  readonly session: Session;
  readonly routes: Routes;
  readonly turns: Turns;
  readonly local: LocalInboxes;
  readonly limits: MessageLimits;
  readonly identity: Identity;
  /** Called with what went to metrics bridges. */
  onMetric(workspace: string, body: string): void;
}

/** A message on its way into the store. */
interface Sending {
  readonly n: number;
  readonly known: KnownRoute;
  message: NewMessage;
  readonly onBehalf: OnBehalf | undefined;
  outcome: Placed | BonafideError | undefined;
}

/** What is kept of the messages of one session: all that it sends in a turn is one change with one answer. */
export function createSender(options: SenderOptions): (frame: SendFrame, body: string) => void {
  const { services, session, routes, turns } = options;
  let batch: Batch | undefined;

  function read(frame: SendFrame, body: string): Sending {
    checkSend(frame, body);
    const { n, to, kind, id, ttl, replyTo, grant } = frame;
    const known = routes.find(to);
    assertKept(known.route);
    const sentAt = services.now();
    const expiresAt = ttl === undefined ? undefined : sentAt + ttl * SECOND_MS;
    const onBehalf = readOnBehalf(services.store.read, routes.place, {
      ...{ grantId: grant, operation: 'messages.send', level: accessLevels.readwrite, nowMs: sentAt },
    });
    const draft = { messageId: id, kind, body, replyTo, expiresAt, onBehalfOf: onBehalf?.address };
    return { n, known, message: toNewMessage(draft, { senderId: 0, sentAt }), onBehalf, outcome: undefined };
  }

  return (frame, body) => {
    if (!Number.isSafeInteger(frame.n) || frame.n < 1)
      throw new BonafideError(
        'VALIDATION_FAILED',
        'A message is sent with a number, so that it can be answered.',
      );
    let sending: Sending;
    try {
      sending = read(frame, body);
    } catch (error) {
      refuse(session, frame.n, BonafideError.from(error));
      return;
    }
    if (sending.known.route.keeping === 'events') {
      void sendEvent(options, sending);
      return;
    }
    if (batch?.isOpen) {
      batch.sendings.push(sending);
      return;
    }
    batch = createBatch(options, sending);
    turns.add(batch);
  };
}

interface Batch extends Step {
  readonly sendings: Sending[];
  readonly isOpen: boolean;
}

function createBatch(options: SenderOptions, first: Sending): Batch {
  const { session, local, limits, identity, onMetric } = options;
  const sendings = [first];
  let isOpen = true;
  let arrivals: Arrivals[] = [];
  /** Made in this change, and nothing before it is durable. */
  let opened = new Map<KnownRoute, number>();

  function writeTo(tx: Transaction, known: KnownRoute, mine: readonly Sending[]): void {
    const { tables } = tx;
    const { route, inbox } = known;
    const inboxId = known.inboxId ?? ensureInbox(tables, inbox, limits);
    opened.set(known, inboxId);
    const messages = mine.map(({ message }) => message);
    if (route.keeping !== 'inbox') {
      for (const each of mine) {
        const { placed, copies } = fanOut(tables, { route, inboxId, message: each.message, limits });
        each.outcome = placed;
        for (const { member, appended } of copies)
          arrivals.push(
            arrivalOf(session, { inbox: member, appended, messages: [each.message], to: route.name }),
          );
      }
      return;
    }
    const appended = tables.messages.append(inboxId, messages, limits.inbox);
    mine.forEach((each, index) => {
      each.outcome = appended.placed[index];
    });
    arrivals.push(arrivalOf(session, { inbox, appended, messages, to: route.name }));
    if (!local.find(inbox)) startIfAway(tx, route);
  }

  return {
    sendings,
    get isOpen() {
      return isOpen;
    },
    write(tx) {
      isOpen = false;
      arrivals = [];
      opened = new Map();
      const senderId = identity.idIn(tx.tables);
      for (const [known, mine] of byRoute(sendings)) {
        for (const each of mine)
          if (each.message.senderId !== senderId) each.message = { ...each.message, senderId };
        try {
          writeTo(tx, known, mine);
        } catch (error) {
          // Nothing was written yet when it is one of these; anything else fails the whole turn.
          if (!BonafideError.is(error)) throw error;
          for (const each of mine) each.outcome = error;
        }
        for (const { onBehalf, outcome } of mine)
          if (onBehalf && isNew(outcome)) noteUse(tx, { ...onBehalf, operation: 'messages.send' });
      }
    },
    done() {
      for (const [known, inboxId] of opened) known.inboxId = inboxId;
      identity.learn();
      answer(session, sendings);
      local.announce(arrivals);
      for (const { known, message, outcome } of sendings)
        if (known.route.keeping === 'metrics' && isNew(outcome))
          onMetric(known.route.workspace, message.body);
    },
    failed(error) {
      isOpen = false;
      for (const { n } of sendings) refuse(session, n, error);
    },
  };
}

/** An event goes to engines and to the rules of its workspace in one change, which is that workspace's. */
async function sendEvent(
  { services, session, local, limits, identity }: SenderOptions,
  sending: Sending,
): Promise<void> {
  const { known, message } = sending;
  const { route, inbox } = known;
  let arrivals: Arrivals[] = [];
  try {
    const event = parseWorkflowEvent(message.body);
    const origin = { workspace: route.workspace, actor: session.actor };
    sending.outcome = await services.ledger.commit(origin, (tx) => {
      const { tables } = tx;
      assertCurrent(tables, session);
      const inboxId = ensureInbox(tables, inbox, limits);
      const mine = { ...message, senderId: identity.idIn(tables) };
      const { placed, copies } = fanOut(tables, { route, inboxId, message: mine, limits });
      arrivals = copies.map(({ member, appended }) =>
        arrivalOf(session, { inbox: member, appended, messages: [mine], to: route.name }),
      );
      if (isNew(placed))
        tellRules(tx, {
          messageId: message.messageId,
          ...event,
          source: session.name,
          sender: session.actor,
        });
      return placed;
    });
  } catch (error) {
    sending.outcome = BonafideError.from(error);
  }
  answer(session, [sending]);
  local.announce(arrivals);
}

function byRoute(sendings: readonly Sending[]): Map<KnownRoute, Sending[]> {
  const groups = new Map<KnownRoute, Sending[]>();
  for (const sending of sendings) {
    const group = groups.get(sending.known);
    if (group) group.push(sending);
    else groups.set(sending.known, [sending]);
  }
  return groups;
}

interface Arriving {
  readonly inbox: Arrivals['inbox'];
  readonly appended: { readonly previous: number; readonly placed: readonly Placed[] };
  readonly messages: readonly NewMessage[];
  readonly to: string;
}

function arrivalOf(session: Session, { inbox, appended, messages, to }: Arriving): Arrivals {
  const stored: StoredMessage[] = [];
  messages.forEach((message, index) => {
    const placed = appended.placed[index];
    if (placed?.outcome === 'kept')
      stored.push({ ...message, sequence: placed.sequence, from: session.name, to, attempts: 0 });
  });
  return { inbox, previous: appended.previous, messages: stored };
}

function isNew(outcome: Sending['outcome']): boolean {
  return outcome !== undefined && 'outcome' in outcome && outcome.outcome === 'kept';
}

/** One frame for all that was kept, and one for each that was not. */
function answer(session: Session, sendings: readonly Sending[]): void {
  let list = '';
  for (const { n, known, outcome } of sendings) {
    if (outcome === undefined || BonafideError.is(outcome))
      refuse(session, n, outcome ?? new BonafideError('INTERNAL', 'The message was not kept.'));
    else if (outcome.outcome === 'full') refuse(session, n, fullInbox(known.route.name));
    else list += `${list && ','}[${n},${outcome.outcome === 'kept' ? '' : '-'}${outcome.sequence}]`;
  }
  if (list !== '') session.write(`{"t":"accepted","list":[${list}]}\n`);
}

export function refuse(session: Session, n: number, error: BonafideError): void {
  session.write(encodeFrame({ t: 'refused', n, problem: toProblem(error) }));
}
