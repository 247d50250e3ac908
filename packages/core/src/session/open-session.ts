import { platform } from '#platform';
import { createClientOver, withTls } from '../client/create-client.ts';
import { BonafideError } from '../errors.ts';
import { createBodyCodec } from './bodies.ts';
import { Calls } from './calls.ts';
import { Emitter } from './emitter.ts';
import { Inbox } from './inbox.ts';
import { connectWithRetries, LiveLink } from './live-link.ts';
import { createNoWait } from './nowait.ts';
import { Outbox } from './outbox.ts';
import { Place } from './place.ts';
import { Posts } from './posts.ts';
import { createProxyClient } from './proxy-client.ts';
import { createProxyServer } from './proxy-serve.ts';
import { type SessionParts, toSession } from './session.ts';
import { readSettings, type SessionSettings } from './settings.ts';
import { Signals } from './signals.ts';
import { Streams } from './streams.ts';
import type { Session, SessionEvents, SessionOptions } from './types.ts';

/** What happens to a session besides messages. */
export type LifeEvents = Omit<SessionEvents, 'message' | 'assignment'>;

/**
 * Opens a session: resolves once the gateway has let this principal in, and said so under its signature; rejects with a
 * BonafideError.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const given = withTls(options);
  const settings = readSettings(given);
  const { signal = new AbortController().signal } = given;
  const connection = await connectWithRetries(settings, { returning: {}, signal });
  const events = new Emitter<LifeEvents>();
  const reportError = createReporter(events, given.onWarning ?? platform.warn);
  const link = new LiveLink(connection, { settings, reportError });
  const session = toSession(createParts({ link, settings, events, options: given }));
  link.begin();
  return session;
}

/** To the handlers of `error`; where there are none to `warn`, so that nothing goes unnoticed. */
function createReporter(
  events: Emitter<LifeEvents>,
  warn: (error: BonafideError) => void,
): (error: unknown) => void {
  return (cause) => {
    const error = toReported(cause);
    const isHeard = events.emit('error', error, (failure) => warn(toReported(failure)));
    if (!isHeard) warn(error);
  };
}

/** What a handler threw is not ours, but its message is for its own author. */
function toReported(cause: unknown): BonafideError {
  if (BonafideError.is(cause)) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  return new BonafideError('INTERNAL', `A handler failed: ${text}`, { cause });
}

function createParts({
  link,
  settings,
  events,
  options,
}: {
  readonly link: LiveLink;
  readonly settings: SessionSettings;
  readonly events: Emitter<LifeEvents>;
  readonly options: SessionOptions;
}): SessionParts {
  const { transport } = settings;
  const { signer, timeoutMs, now } = transport;
  const place = new Place(link);
  const bodies = createBodyCodec({
    ...{ signer, now },
    address: () => place.address,
    workspace: () => place.workspace,
    maxBytes: () => link.admission.welcome.limits.maxMessageBytes,
  });
  const outbox = new Outbox(link, { bodies, timeoutMs });
  const inbox = new Inbox(link, {
    ...{ bodies, credit: settings.credit },
    reply: (to, body, replyOptions) => outbox.send(to, body, replyOptions),
  });
  const calls = new Calls(link, transport);
  const streams = new Streams(link, transport);
  const client = createClientOver(options, {
    transport,
    remote: { call: (call) => calls.call(call), stream: (call) => streams.stream(call) },
  });
  const nowait = createNoWait(client, (error) => link.reportError(error));
  const posts = new Posts(link);
  const signals = new Signals(link);
  const proxy = { fetch: createProxyClient(link), serve: createProxyServer(link) };
  return { link, settings, events, place, outbox, inbox, posts, signals, calls, client, nowait, proxy };
}
