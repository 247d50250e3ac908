import { type Signer, signEnvelope } from '@bonafide/core/identity';
import {
  type ClientFrame,
  decodeFrames,
  encodeFrame,
  type GatewayFrame,
  HELLO,
  type HelloFrame,
  PROTOCOL,
  type SessionPrincipal,
  type Welcome,
} from '@bonafide/core/protocol';
import { WebSocket } from 'ws';
import type { Body } from './test-gateway.ts';

export interface Received {
  readonly frame: GatewayFrame;
  readonly body: string;
}

/** A client of sessions that speaks raw frames, right ones and wrong ones. */
export interface RawSession extends AsyncDisposable {
  readonly socket: WebSocket;
  /** Everything that came so far. */
  readonly received: readonly Received[];
  /** How many WebSocket messages that was. */
  readonly messages: number;
  send(frame: ClientFrame, body?: unknown): void;
  sendText(text: string): void;
  /** The next frame of one of the kinds that nobody took yet; rejects when the connection ends without it. */
  next<Kind extends GatewayFrame['t']>(
    kind: Kind,
    where?: (frame: Extract<GatewayFrame, { t: Kind }>) => boolean,
  ): Promise<{ frame: Extract<GatewayFrame, { t: Kind }>; body: Body }>;
  /** Resolves with why, once the connection is closed. */
  ended: Promise<{ readonly problem: Body }>;
  /** Calls an operation; rejects with the problem. */
  call(op: string, input?: Body, key?: string): Promise<Body>;
}

export type Proof = { readonly signer: Signer } | { readonly token: string };

export interface HelloChange {
  readonly principal?: SessionPrincipal;
  readonly nonce?: string;
  readonly gateway?: string;
  readonly [field: string]: unknown;
}

/** Opens a WebSocket and reads the challenge; says nothing yet. */
export async function openRaw(
  url: string,
  options: { protocol?: string; origin?: string } = {},
): Promise<RawSession> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/session`, options.protocol ?? PROTOCOL, {
    ...(options.origin === undefined ? {} : { origin: options.origin }),
  });
  const session = createRaw(socket);
  await session.opened;
  return session;
}

/** Opens a session and waits for its welcome; rejects with the problem. */
export async function connectRaw(
  url: string,
  { proof, ...change }: { readonly proof: Proof } & HelloChange,
): Promise<RawSession & { readonly welcome: Welcome }> {
  const session = await openRaw(url);
  session.send(await helloFrame(session, { proof, ...change }));
  const { frame } = await session.next('welcome');
  return Object.assign(session, { welcome: frame.envelope.payload as Welcome });
}

/** A hello that fits the challenge of this connection, but for what is changed. */
export async function helloFrame(
  session: RawSession,
  { proof, ...change }: { readonly proof: Proof } & HelloChange,
): Promise<HelloFrame> {
  const { frame: challenge } = await session.next('challenge');
  const { nonce, gateway } = challenge;
  const payload = { protocol: PROTOCOL, nonce, gateway, principal: { type: 'agent' }, ...change };
  if ('token' in proof) return { t: 'hello', token: proof.token, payload };
  return { t: 'hello', envelope: await signEnvelope(payload, { signer: proof.signer, type: HELLO }) };
}

function createRaw(socket: WebSocket): RawSession & { readonly opened: Promise<void> } {
  const received: Received[] = [];
  const taken = new Set<Received>();
  const waiting = new Set<() => void>();
  let messages = 0;
  let calls = 0;
  let isOver = false;
  const wake = () => {
    for (const each of [...waiting]) each();
  };
  socket.on('message', (data) => {
    messages++;
    received.push(...decodeFrames<GatewayFrame>(String(data)));
    wake();
  });
  const opened = new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('end', () =>
        reject(Object.assign(new Error(`HTTP ${response.statusCode}`), JSON.parse(text))),
      );
    });
  });
  const ended = new Promise<{ problem: Body }>((resolve) => {
    socket.once('close', () => {
      isOver = true;
      wake();
      const bye = received.map(({ frame }) => frame).find((frame) => frame.t === 'bye');
      resolve({ problem: bye?.problem });
    });
  });
  socket.on('error', () => undefined);

  const take = (kind: string, where: (frame: Body) => boolean): Received | undefined => {
    const found = received.find((each) => !taken.has(each) && each.frame.t === kind && where(each.frame));
    if (found) taken.add(found);
    return found;
  };

  const session: RawSession = {
    ...{ socket, received, ended },
    get messages() {
      return messages;
    },
    send: (frame, body) =>
      socket.send(encodeFrame(frame, body === undefined ? undefined : JSON.stringify(body))),
    sendText: (text) => socket.send(text),
    next(kind, where = () => true) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = take(kind, where as (frame: Body) => boolean);
          if (!found && !isOver) return;
          waiting.delete(look);
          if (found) {
            resolve({
              frame: found.frame as Body,
              body: found.body === '' ? undefined : JSON.parse(found.body),
            });
            return;
          }
          const bye = received.map(({ frame }) => frame).find((frame) => frame.t === 'bye');
          reject(Object.assign(new Error(bye?.problem?.detail ?? `closed without ${kind}`), bye?.problem));
        };
        waiting.add(look);
        look();
      });
    },
    async call(op, input = {}, key) {
      const n = ++calls;
      session.send({ t: 'call', n, op, ...(key === undefined ? {} : { key }) }, input);
      const failed = session.next('problem', (frame) => frame.n === n);
      failed.catch(() => undefined);
      const done = session.next('result', (frame) => frame.n === n);
      done.catch(() => undefined);
      return Promise.race([
        done.then(({ body }) => body),
        failed.then(({ frame: { problem } }) =>
          Promise.reject(Object.assign(new Error(problem.detail), problem)),
        ),
      ]);
    },
    async [Symbol.asyncDispose]() {
      socket.terminate();
      await ended;
    },
  };
  return Object.assign(session, { opened });
}
