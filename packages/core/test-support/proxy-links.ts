import { BonafideError } from '../src/errors.ts';
import type { ClientFrame, GatewayFrame } from '../src/protocol/frames.ts';
import type { SessionLink } from '../src/session/link.ts';

type Listener = (frame: never, body: string) => void;

/** One end of two sessions that a gateway without rules joins: what one sends the other gets under the opposite number. */
export interface TestLink extends SessionLink {
  /** Everything that was sent. */
  readonly sent: { readonly frame: ClientFrame; readonly body: string | undefined }[];
  readonly reported: unknown[];
  /** As if the gateway had sent it. */
  receive(frame: GatewayFrame, body?: string): void;
  lose(): void;
}

/** Both ends; frames arrive in later turns of the event loop, in their order. */
export function joinLinks(): { readonly client: TestLink; readonly service: TestLink } {
  const client = createLink((frame, body) => setImmediate(() => service.receive(frame, body)));
  const service = createLink((frame, body) => setImmediate(() => client.receive(frame, body)));
  return { client, service };
}

function createLink(deliver: (frame: GatewayFrame, body?: string) => void): TestLink {
  const handlers = new Map<string, Listener[]>();
  const lost = new Set<(loss: { error: BonafideError; willReconnect: boolean }) => void>();
  let last = 0;
  let isConnected = true;
  const link: TestLink = {
    sent: [],
    reported: [],
    get isConnected() {
      return isConnected;
    },
    get admission(): never {
      throw new Error('a joined link has no admission');
    },
    signal: new AbortController().signal,
    bufferedBytes: 0,
    sendFrame(frame, body) {
      if (!isConnected) return false;
      link.sent.push({ frame, body });
      // Of the frames of the proxy, those of a client are those of a gateway.
      if ('n' in frame) deliver({ ...frame, n: -Number(frame.n) } as GatewayFrame, body);
      return true;
    },
    nextNumber: () => ++last,
    onFrame(kinds, handler) {
      for (const kind of kinds) handlers.set(kind, [...(handlers.get(kind) ?? []), handler as Listener]);
      return () => undefined;
    },
    onConnect: () => () => undefined,
    onDisconnect(listener) {
      lost.add(listener);
      return () => lost.delete(listener);
    },
    reportError: (error) => void link.reported.push(error),
    receive(frame, body = '') {
      if (!isConnected) return;
      for (const handler of handlers.get(frame.t) ?? []) handler(frame as never, body);
    },
    lose() {
      isConnected = false;
      const error = new BonafideError('CONNECTION_FAILED', 'lost');
      for (const listener of lost) listener({ error, willReconnect: true });
    },
  };
  return link;
}
