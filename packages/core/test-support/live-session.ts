import { expect } from 'vitest';
import { createKeyPair, signerFromSeed } from '../src/identity/keys.ts';
import type { ClientFrame, MessageFrame } from '../src/protocol/index.ts';
import { openSession, type Session, type SessionOptions } from '../src/session/index.ts';
import { eventually } from './eventually.ts';
import {
  type FarSession,
  type SessionScript,
  type SessionServer,
  startSessionServer,
} from './session-server.ts';

export const PEER = 'ag::default::peer::1';

export interface LiveSession extends AsyncDisposable {
  readonly server: SessionServer;
  readonly live: Session;
  /** The connection that there is now. */
  far(): FarSession;
}

/** A session with a far side that does what its script says. */
export async function startLiveSession(
  script: SessionScript = {},
  options: Partial<SessionOptions> = {},
): Promise<LiveSession> {
  const server = await startSessionServer(script);
  const live = await openSession({
    ...{ url: server.url, carrier: 'websocket', initialBackoffMs: 1, maxBackoffMs: 5 },
    ...{ signer: signerFromSeed(createKeyPair().seed), retry: { baseDelayMs: 1 } },
    principal: { type: 'agent', implementation: 'worker', specifier: '01' },
    onWarning: (error) => {
      throw error;
    },
    ...options,
  });
  return {
    server,
    live,
    far: () => {
      const last = server.sessions.at(-1);
      if (!last) throw new Error('Nobody is there.');
      return last;
    },
    async [Symbol.asyncDispose]() {
      await live.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** A message as a gateway delivers it. */
export const delivered = (d: number, rest: Partial<MessageFrame> = {}): MessageFrame => ({
  ...{ t: 'msg', d, id: `m${d}`, from: PEER, to: 'ag::default::worker::01', kind: 'chat', seq: d },
  ...{ at: '2026-01-01T00:00:00.000Z', try: 1, ...rest },
});

export const framesOf = <Kind extends ClientFrame['t']>(far: FarSession, kind: Kind) =>
  far.received.flatMap(({ frame }) => (frame.t === kind ? [frame as Extract<ClientFrame, { t: Kind }>] : []));

export const until = (condition: () => boolean): Promise<void> =>
  eventually(() => expect(condition()).toBe(true));
