import type { GovernedClient } from '../client/create-client.ts';
import { BonafideError, ValidationError } from '../errors.ts';
import { formatAddress } from '../models/address.ts';
import { messageKind } from '../models/message.ts';
import type { MetricSample } from '../models/metric.ts';
import { assignment, type Task } from '../models/task.ts';
import { claimTasks } from '../operations/tasks/claim.ts';
import { toIssues } from '../operations/validate.ts';
import type { Calls } from './calls.ts';
import type { Emitter } from './emitter.ts';
import type { Handled, Inbox } from './inbox.ts';
import type { LiveLink } from './live-link.ts';
import type { LifeEvents } from './open-session.ts';
import type { Outbox } from './outbox.ts';
import type { Place } from './place.ts';
import type { Posts } from './posts.ts';
import { receiveFrom } from './receive.ts';
import type { SessionSettings } from './settings.ts';
import type { Handler, IncomingMessage, NoWait, Session, SessionEventMap, SignalPort } from './types.ts';
import { startWork, type WorkContext } from './work.ts';

export interface SessionParts {
  readonly link: LiveLink;
  readonly settings: SessionSettings;
  readonly events: Emitter<LifeEvents>;
  readonly place: Place;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly posts: Posts;
  readonly signals: SignalPort;
  readonly calls: Calls;
  readonly client: GovernedClient;
  readonly nowait: NoWait;
  readonly proxy: Pick<Session, 'fetch' | 'serve'>;
}

/** The parts as one object. */
export function toSession(parts: SessionParts): Session {
  const { link, settings, place, outbox, inbox, posts, signals, client, nowait, proxy } = parts;
  emitLife(parts);
  return withPlace(parts, {
    ...client,
    ...proxy,
    nowait,
    signals,
    signer: settings.transport.signer,
    on: (event, handler) => listen(parts, event, handler),
    receive: (kind) => receiveFrom(inbox, { link, kind }),
    send: (to, body, options) => outbox.send(to, body, options),
    post: (to, body, { kind = 'chat' } = {}) => posts.post(to, body, kind),
    sendEvent: (type, data = {}) => {
      const to = formatAddress({ type: 'events', workspace: place.workspace });
      return outbox.send(to, { type, data }, { kind: 'event' });
    },
    sendMetric: async (metric) => {
      await client.metrics.report(toReport(metric));
    },
    work: (options, handler) => startWork(workContext(parts), { options, handler }),
    switchWorkspace: (workspace) => switchWorkspace(parts, workspace),
    untilDisconnected: () => link.ended,
    close: () => link.close(),
    [Symbol.asyncDispose]: () => link.close(),
  });
}

type Changing = 'address' | 'workspace' | 'epoch' | 'config' | 'sessionId' | 'gatewayDid' | 'isConnected';

/** What changes while a session lives is read when it is asked for. */
function withPlace({ link, place }: SessionParts, rest: Omit<Session, Changing>): Session {
  const changing = {
    address: { get: () => place.address },
    workspace: { get: () => place.workspace },
    epoch: { get: () => place.epoch },
    config: { get: () => place.config },
    sessionId: { get: () => link.admission.welcome.sessionId },
    gatewayDid: { get: () => link.admission.gatewayDid },
    isConnected: { get: () => link.isConnected },
  } satisfies Record<Changing, { get(): unknown }>;
  for (const property of Object.values<PropertyDescriptor>(changing)) property.enumerable = true;
  return Object.defineProperties(rest, changing) as Session;
}

/** Tells the handlers of a session what happens to it. */
function emitLife({ link, events }: SessionParts): void {
  const onFailure = (error: unknown): void => link.reportError(error);
  link.onConnect(
    ({ welcome: { isResumed, epoch } }) => void events.emit('connected', { isResumed, epoch }, onFailure),
  );
  link.onDisconnect(({ error, willReconnect }) => {
    const isOurs = !willReconnect && link.isClosedHere;
    events.emit('disconnected', { error: isOurs ? undefined : error, willReconnect }, onFailure);
  });
  link.onFrame(['config'], ({ config }) => void events.emit('config', config, onFailure));
  link.onFrame(['signal'], ({ signal, reason }) => {
    events.emit('disconnecting', { isForced: signal === 'force-disconnect', reason }, onFailure);
  });
}

function listen<Name extends keyof SessionEventMap>(
  { inbox, events }: SessionParts,
  event: Name,
  handler: Handler<SessionEventMap[Name]>,
): () => void {
  const kind = event === 'message' ? 'message' : messageKind.safeParse(event).data;
  // The names of kinds and of what else happens are apart, which the type of a name does not say.
  if (kind === undefined) return events.on(event as 'error', handler as Handler<BonafideError>);
  return inbox.add(kind, async (message): Promise<Handled> => {
    const given = kind === 'assignment' ? withAssignment(message) : message;
    await (handler as Handler<IncomingMessage>)(given);
    return 'handled';
  });
}

/** Address of the gateway itself, which nobody else can have. */
const GATEWAY = 'sv::bonafide::gateway';

/** Checked here, because what it holds is acted on. */
function withAssignment(message: IncomingMessage): IncomingMessage {
  if (message.from !== GATEWAY) {
    throw new BonafideError('FORBIDDEN', `Assignments come from the gateway, not from ${message.from}.`);
  }
  const parsed = assignment.safeParse(message.body);
  if (parsed.success) return message;
  throw new ValidationError('This is no assignment.', { issues: toIssues(parsed.error) });
}

/** What was delivered in one workspace must not be acknowledged in the next, so nothing is until the answer is here. */
async function switchWorkspace({ inbox, place, client }: SessionParts, workspace: string): Promise<string> {
  if (workspace === place.workspace) return place.address;
  const resume = inbox.suspend();
  try {
    const moved = await client.workspaces.switch({ workspace });
    place.moveTo(moved);
    return moved.address;
  } finally {
    resume();
  }
}

function toReport(metric: Parameters<Session['sendMetric']>[0]): MetricsInput {
  if (Array.isArray(metric)) return { samples: [...metric] };
  // The schema of the operation checks that it is JSON.
  if ('raw' in metric) return { raw: metric.raw as MetricsInput['raw'] };
  return { samples: [metric as MetricSample] };
}

type MetricsInput = NonNullable<Parameters<Session['metrics']['report']>[0]>;

function workContext({ link, client, calls }: SessionParts): WorkContext {
  return {
    client,
    signal: link.signal,
    reportError: (error) => link.reportError(error),
    claim: async (input, options) => {
      const output = await calls.call({ operation: claimTasks, input, ...options });
      // Checked by the schema of the operation.
      return (output as { readonly tasks: readonly Task[] }).tasks;
    },
  };
}
