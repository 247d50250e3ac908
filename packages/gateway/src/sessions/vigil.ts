import type { BonafideError } from '@bonafide/core/errors';
import { nounTopic } from '../bus/bus.ts';
import type { Services } from '../context.ts';
import type { Authenticator } from '../http/authenticate.ts';
import { configOf } from './config.ts';
import type { LocalHub } from './hub.ts';
import type { LiveSession } from './live-session.ts';
import { SESSION_ACCESS } from './proof.ts';
import { assertSeat } from './resolve.ts';

/** One heartbeat for all sessions, and an eye on whether their owners may still be there. */
export interface Vigil {
  stop(): void;
}

export interface VigilOptions {
  readonly services: Services;
  readonly authenticator: Authenticator;
  readonly hub: LocalHub;
  readonly heartbeatMs: number;
  toError(cause: unknown): BonafideError;
}

/** After a check of all sessions the next one waits so long: what is revoked is closed at once, or a moment later. */
const CHECK_EVERY_MS = 100;
const NOUNS = ['agent', 'token', 'member', 'acl', 'workspace'];

export function startVigil(options: VigilOptions): Vigil {
  const { services, hub, heartbeatMs } = options;
  let timer: NodeJS.Timeout | undefined;
  let checkedAt = Number.NEGATIVE_INFINITY;
  const check = () => {
    timer = undefined;
    checkedAt = performance.now();
    for (const session of [...hub.all()]) checkOne(session, options);
  };
  const checkSoon = () => {
    timer ??= setTimeout(check, Math.max(0, CHECK_EVERY_MS - (performance.now() - checkedAt)));
  };
  const unsubscribe = NOUNS.map((noun) => services.bus.subscribe(nounTopic(noun), checkSoon));
  const beats = setInterval(() => {
    for (const session of [...hub.all()]) session.line.beat();
    // What only time ends, such as a token, nobody publishes.
    checkSoon();
  }, heartbeatMs);
  beats.unref();
  return {
    stop() {
      clearInterval(beats);
      clearTimeout(timer);
      for (const end of unsubscribe) end();
    },
  };
}

function checkOne(session: LiveSession, { authenticator, services, toError }: VigilOptions): void {
  try {
    authenticator.revalidate(session.principal, SESSION_ACCESS);
    const { principal, workspace, address, name } = session;
    assertSeat(services.store.read, { principal, seat: { workspace, address, name } });
    session.setConfig(configOf(services.store.read, workspace));
  } catch (cause) {
    session.close(toError(cause));
  }
}
