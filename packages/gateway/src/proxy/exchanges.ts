import { BonafideError } from '@bonafide/core/errors';
import type { Services } from '../context.ts';
import { noteUse, type OnBehalf, readOnBehalf } from '../grants/on-behalf.ts';
import { newId } from '../ids.ts';
import type { Transaction } from '../ledger.ts';
import type { Place } from '../sessions/place.ts';
import type { Session } from '../sessions/session.ts';
import { createExchange, type Exchange, type Leg } from './exchange.ts';
import { findService } from './find-service.ts';
import { depthOf, identityHeaders, MAX_DEPTH, toServiceHeaders } from './headers.ts';
import type { RequestHead } from './heads.ts';
import { createHeldLeg, legOf } from './legs.ts';
import { createRemote } from './remote.ts';

/** As grants name it, whichever way the request comes. */
const OPERATION = 'services.request';
const MAX_PER_SERVICE = 256;
/** A service that reads nothing gets nothing more. */
const MAX_QUEUED_BYTES = 33_554_432;

/** Who asks, what, and where the answer goes. */
export interface Opening {
  readonly caller: Place;
  readonly head: RequestHead;
  /** Where the grant of the head was looked at already. */
  readonly onBehalf?: OnBehalf | undefined;
  readonly client: Leg;
  readonly onEnd: () => void;
}

/** The HTTP exchanges of a gateway. They live in its memory alone: what was cut off is told, and never sent again. */
export interface Exchanges {
  /** Throws when it is refused at once; what fails later is told to the client's leg. */
  open(opening: Opening): Exchange;
  /** Throws what would refuse it now, as far as that can be told without its grant. */
  check(opening: Pick<Opening, 'caller' | 'head'>): void;
  /** Those that a service is to answer, by its numbers for them. */
  ofService(session: Session): ReadonlyMap<number, Exchange>;
}

const NONE: ReadonlyMap<number, Exchange> = new Map();
const made = new WeakMap<Services, Exchanges>();

/** Those of this gateway, over sessions and over HTTP. */
export function exchangesOf(services: Services): Exchanges {
  const known = made.get(services) ?? createExchanges(services);
  made.set(services, known);
  return known;
}

function createExchanges(services: Services): Exchanges {
  const { store, hub, bus, ledger, gatewayId, now } = services;
  const underWay = new WeakMap<Session, Map<number, Exchange>>();
  let numbers = 0;

  const exchangesFor = (session: Session) => {
    const all = underWay.get(session) ?? new Map<number, Exchange>();
    underWay.set(session, all);
    return all;
  };
  const loadOf = (session: Session) => underWay.get(session)?.size ?? 0;
  const search = { tables: store.read, hub, gatewayId, now, loadOf };
  const remote = createRemote({ bus, hub, gatewayId, admit });

  function admit(session: Session, exchange: Exchange) {
    const all = exchangesFor(session);
    if (all.size >= MAX_PER_SERVICE || session.queuedBytes > MAX_QUEUED_BYTES) {
      const why = `The service ${session.name} has too much to do. Nothing was sent.`;
      throw new BonafideError('UNAVAILABLE', why);
    }
    const n = --numbers;
    all.set(n, exchange);
    return { leg: legOf(session, n), release: () => all.delete(n) };
  }

  /** Sends the head, once it is known in whose name. */
  function connect({ caller, head, exchange, held, dueAt, onBehalf, taken }: Connecting): void {
    const found = findService({ ...search, caller: onBehalf?.place ?? caller, head });
    const { leg, release } =
      'session' in found ? admit(found.session, exchange) : remote.connect(found, exchange);
    taken.release = release;
    const { method, path, hasBody } = head;
    const identity = { caller, onBehalf, requestId: newId(now()), depth: depthOf(head.headers) };
    const headers = [...toServiceHeaders(head.headers), ...identityHeaders(identity)];
    const timeoutMs = Math.max(1, Math.floor(dueAt - performance.now()));
    leg.send({ t: 'request', to: found.name, method, path, headers, timeoutMs, hasBody });
    held.connect(leg);
  }

  async function connectOnBehalf(connecting: Connecting, grantId: string): Promise<void> {
    const { caller, exchange } = connecting;
    try {
      const { workspace, actor } = caller;
      const onBehalf = await ledger.commit({ workspace, actor }, (tx) => useGrant(tx, { caller, grantId }));
      // Given up meanwhile: the service never hears of it.
      if (!connecting.taken.isOver) connect({ ...connecting, onBehalf });
    } catch (error) {
      exchange.abort(BonafideError.from(error));
    }
  }

  return {
    ofService: (session) => underWay.get(session) ?? NONE,
    check({ caller, head }) {
      assertMayCall(caller, head);
      if (head.grant === undefined) findService({ ...search, caller, head });
    },
    open({ caller, head, onBehalf, client, onEnd }) {
      assertMayCall(caller, head);
      const held = createHeldLeg();
      const taken: Taken = { isOver: false, release: () => undefined };
      const exchange = createExchange({
        ...{ client, service: held, hasBody: head.hasBody, timeoutMs: head.timeoutMs },
        onEnd() {
          taken.isOver = true;
          taken.release();
          onEnd();
        },
      });
      const dueAt = performance.now() + head.timeoutMs;
      const connecting = { caller, head, exchange, held, dueAt, taken, onBehalf };
      if (head.grant === undefined || onBehalf) attempt(exchange, () => connect(connecting));
      else void connectOnBehalf(connecting, head.grant);
      return exchange;
    },
  };
}

/** The user that the grant of a request is of, with the note that it was used; FORBIDDEN when it does not hold. */
export function useGrant(
  tx: Transaction,
  { caller, grantId }: { readonly caller: Place; readonly grantId: string | undefined },
): OnBehalf | undefined {
  const use = readOnBehalf(tx.tables, caller, { grantId, operation: OPERATION, nowMs: tx.nowMs });
  if (use) noteUse(tx, { ...use, operation: OPERATION });
  return use;
}

interface Taken {
  isOver: boolean;
  release: () => void;
}

interface Connecting {
  readonly caller: Place;
  readonly head: RequestHead;
  readonly exchange: Exchange;
  readonly held: ReturnType<typeof createHeldLeg>;
  /** By the clock of `performance`. */
  readonly dueAt: number;
  readonly onBehalf: OnBehalf | undefined;
  readonly taken: Taken;
}

function attempt(exchange: Exchange, work: () => void): void {
  try {
    work();
  } catch (error) {
    exchange.abort(BonafideError.from(error));
  }
}

function assertMayCall({ address }: Place, { headers }: RequestHead): void {
  if (address.type === 'metrics-bridge') {
    throw new BonafideError('FORBIDDEN', 'A metrics bridge only receives.');
  }
  if (depthOf(headers) > MAX_DEPTH) {
    throw new BonafideError(
      'LIMIT_EXCEEDED',
      `More than ${MAX_DEPTH} services call each other in a row: a loop.`,
    );
  }
}
