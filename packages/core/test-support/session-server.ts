import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { BonafideError } from '../src/errors.ts';
import { signEnvelope } from '../src/identity/envelope.ts';
import type { Envelope } from '../src/identity/envelope-format.ts';
import { createKeyPair, signerFromSeed } from '../src/identity/keys.ts';
import { toProblem } from '../src/problem.ts';
import {
  type ClientFrame,
  decodeFrames,
  encodeFrame,
  type GatewayFrame,
  type Hello,
  PROTOCOL,
  type ReadFrame,
  WELCOME,
  type Welcome,
} from '../src/protocol/index.ts';

/** One connection as the far side sees it. */
export interface FarSession {
  readonly hello: Hello;
  readonly helloEnvelope: Envelope | undefined;
  readonly token: string | undefined;
  readonly epoch: number;
  /** Every frame after the hello. */
  readonly received: ReadFrame<ClientFrame>[];
  /** The texts of the messages that carried them. */
  readonly texts: string[];
  send(frame: GatewayFrame, body?: string): void;
  sendText(text: string): void;
  /** Says why, and closes. */
  bye(problem?: BonafideError): void;
  /** Breaks the connection without a word. */
  cut(): void;
}

export interface SessionScript {
  /** Instead of a welcome. */
  readonly refuse?: (hello: Hello, attempt: number) => BonafideError | undefined;
  /** Changes what is signed. */
  readonly welcome?: Partial<Welcome>;
  /** Signs the welcome instead of the gateway. */
  readonly impostor?: boolean;
  readonly onOpen?: (session: FarSession) => void;
  readonly onFrame?: (read: ReadFrame<ClientFrame>, session: FarSession) => void;
  /** Default: a plain server on 127.0.0.1. */
  readonly server?: Server;
  readonly scheme?: 'http' | 'https';
}

/** A real WebSocket server that speaks the handshake of a gateway, and for the rest what a test says. */
export interface SessionServer extends AsyncDisposable {
  readonly url: string;
  readonly did: string;
  readonly sessions: readonly FarSession[];
  /** Resolves with the next session that opens. */
  opened(): Promise<FarSession>;
}

export async function startSessionServer(script: SessionScript = {}): Promise<SessionServer> {
  const http = script.server ?? createHttpServer();
  const signer = signerFromSeed(createKeyPair().seed);
  const impostor = signerFromSeed(createKeyPair().seed);
  const sessions: FarSession[] = [];
  const waiting: ((session: FarSession) => void)[] = [];
  let attempts = 0;
  const sockets = new WebSocketServer({ server: http, path: '/v1/session' });
  const admit = async (socket: WebSocket, read: ReadFrame<ClientFrame> | undefined, nonce: string) => {
    const frame = read?.frame;
    if (frame?.t !== 'hello') throw new Error('Not a hello.');
    // A real client sends what the schema says; a test looks at it.
    const hello = (frame.envelope?.payload ?? frame.payload) as Hello;
    attempts += 1;
    const refusal = script.refuse?.(hello, attempts);
    if (refusal) {
      socket.send(encodeFrame({ t: 'bye', problem: toProblem(refusal) }));
      socket.close();
      return undefined;
    }
    const epoch = sessions.length + 1;
    const payload = welcomeFor(hello, { nonce, epoch, script });
    const envelope = await signEnvelope(payload, {
      type: WELCOME,
      signer: script.impostor ? impostor : signer,
    });
    const given = { hello, epoch, helloEnvelope: frame.envelope, token: frame.token };
    const session = toFarSession(socket, given);
    sessions.push(session);
    socket.send(encodeFrame({ t: 'welcome', envelope }));
    return session;
  };
  sockets.on('connection', (socket) => {
    const nonce = crypto.randomUUID();
    const at = new Date().toISOString();
    socket.send(encodeFrame({ t: 'challenge', protocol: PROTOCOL, gateway: signer.did, nonce, at }));
    let session: FarSession | undefined;
    socket.on('message', async (data) => {
      const text = data.toString();
      const reads = [...decodeFrames<ClientFrame>(text)];
      if (!session) {
        session = await admit(socket, reads[0], nonce);
        if (!session) return;
        script.onOpen?.(session);
        for (const resolve of waiting.splice(0)) resolve(session);
        return;
      }
      session.texts.push(text);
      for (const read of reads) take(read, { session, socket, script });
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `${script.scheme ?? 'http'}://127.0.0.1:${address.port}`,
    did: signer.did,
    sessions,
    opened: () => new Promise((resolve) => waiting.push(resolve)),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}

function take(
  read: ReadFrame<ClientFrame>,
  {
    session,
    socket,
    script,
  }: { readonly session: FarSession; readonly socket: WebSocket; readonly script: SessionScript },
): void {
  session.received.push(read);
  if (read.frame.t === 'ping') session.send({ t: 'pong' });
  if (read.frame.t === 'bye') {
    session.send({ t: 'bye' });
    socket.close();
    return;
  }
  script.onFrame?.(read, session);
}

function welcomeFor(
  hello: Hello,
  {
    nonce,
    epoch,
    script,
  }: { readonly nonce: string; readonly epoch: number; readonly script: SessionScript },
): Welcome {
  const { implementation = 'worker', specifier = 'default', type } = hello.principal;
  const workspace = hello.workspace ?? 'default';
  const address =
    type === 'user'
      ? `us::ada::${hello.principal.window}`
      : `ag::${workspace}::${implementation}::${specifier}`;
  return {
    protocol: PROTOCOL,
    ...{ nonce, epoch, address, workspace },
    sessionId: crypto.randomUUID(),
    resumeToken: `resume-${epoch}`,
    isResumed: hello.resumeToken !== undefined,
    gatewayId: 'far',
    version: '1',
    limits: { heartbeatMs: 15_000, maxFrameBytes: 4_194_304, maxMessageBytes: 1_048_576, maxCredit: 10_000 },
    config: { workspace, tenant: 'default', settings: {} },
    ...script.welcome,
  };
}

function toFarSession(
  socket: WebSocket,
  given: Pick<FarSession, 'hello' | 'epoch' | 'helloEnvelope' | 'token'>,
): FarSession {
  return {
    ...given,
    received: [],
    texts: [],
    send: (frame, body) => socket.send(encodeFrame(frame, body)),
    sendText: (text) => socket.send(text),
    bye: (problem) => {
      socket.send(encodeFrame({ t: 'bye', ...(problem && { problem: toProblem(problem) }) }));
      socket.close();
    },
    cut: () => socket.terminate(),
  };
}
