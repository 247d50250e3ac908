import { type Signer, signEnvelope } from '@bonafide/core/identity';
import {
  type ClientFrame,
  decodeFrames,
  encodeFrame,
  type GatewayFrame,
  HELLO,
  type HelloFrame,
  PROTOCOL,
  SESSION_PATH,
  type SessionPrincipal,
  TICKET_HEADER,
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
  /** Everything that came so far. */
  readonly received: readonly Received[];
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

export interface RawSocket extends RawSession {
  readonly socket: WebSocket;
  /** How many WebSocket messages came so far. */
  readonly messages: number;
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
): Promise<RawSocket> {
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
): Promise<RawSocket & { readonly welcome: Welcome }> {
  const session = await openRaw(url);
  session.send(await helloFrame(session, { proof, ...change }));
  const { frame } = await session.next('welcome');
  return Object.assign(session, { welcome: frame.envelope.payload as Welcome });
}

/** The same without a WebSocket: frames come as events and go by POST. */
export async function openEvents(url: string): Promise<RawSession & { readonly ticket: string }> {
  const opened = await fetch(url + SESSION_PATH, { method: 'POST' });
  const { connectionId, secret } = await opened.json();
  const headers = { [TICKET_HEADER]: `${connectionId}.${secret}` };
  const pile = createPile();
  const reading = new AbortController();
  const stream = await fetch(`${url}${SESSION_PATH}/stream`, { headers, signal: reading.signal });
  const ended = readEvents(stream, pile.add).then(() => ({ problem: pile.end() }));
  let posting = Promise.resolve();
  const sendText = (body: string) => {
    posting = posting.then(async () => {
      const { status } = await fetch(`${url}${SESSION_PATH}/frames`, { method: 'POST', headers, body });
      if (status !== 202 && status !== 401) throw new Error(`frames: ${status}`);
    });
  };
  const send: RawSession['send'] = (frame, body) =>
    sendText(encodeFrame(frame, body === undefined ? undefined : JSON.stringify(body)));
  return {
    ...{
      ticket: `${connectionId}.${secret}`,
      received: pile.received,
      next: pile.next,
      ended,
      send,
      sendText,
    },
    call: createCall(send, pile.next),
    async [Symbol.asyncDispose]() {
      reading.abort();
      await ended;
      await posting;
    },
  };
}

async function readEvents(stream: Response, add: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of stream.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) add(`${event.replaceAll(/^data: /gm, '')}\n`);
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
  }
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

function createRaw(socket: WebSocket): RawSocket & { readonly opened: Promise<void> } {
  const inbox = createInbox(socket);
  const opened = new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => reject(toError(JSON.parse(String(Buffer.concat(chunks))))));
    });
  });
  socket.on('error', () => undefined);
  const session: RawSocket = {
    ...{ socket, received: inbox.received, ended: inbox.ended, next: inbox.next },
    get messages() {
      return inbox.messages;
    },
    send: (frame, body) =>
      socket.send(encodeFrame(frame, body === undefined ? undefined : JSON.stringify(body))),
    sendText: (text) => socket.send(text),
    call: createCall((frame, body) => session.send(frame, body), inbox.next),
    async [Symbol.asyncDispose]() {
      socket.terminate();
      await inbox.ended;
    },
  };
  return Object.assign(session, { opened });
}

/** Calls operations by frames, whatever carries them. */
function createCall(send: RawSession['send'], next: RawSession['next']): RawSession['call'] {
  let calls = 0;
  return async (op, input = {}, key) => {
    const n = ++calls;
    send({ t: 'call', n, op, ...(key === undefined ? {} : { key }) }, input);
    const isOurs = (frame: { readonly n: number }) => frame.n === n;
    const failed = next('problem', isOurs).then(({ frame }) => Promise.reject(toError(frame.problem)));
    const done = next('result', isOurs).then(({ body }) => body);
    // Whichever does not come is rejected when the connection ends.
    for (const promise of [failed, done]) promise.catch(() => undefined);
    return Promise.race([done, failed]);
  };
}

interface Inbox extends Pick<RawSession, 'received' | 'next' | 'ended'> {
  readonly messages: number;
}

function createInbox(socket: WebSocket): Inbox {
  const pile = createPile();
  let messages = 0;
  socket.on('message', (data) => {
    messages++;
    pile.add(String(data));
  });
  const ended = new Promise<{ problem: Body }>((resolve) => {
    socket.once('close', () => resolve({ problem: pile.end() }));
  });
  return {
    ...{ received: pile.received, next: pile.next, ended },
    get messages() {
      return messages;
    },
  };
}

/** Frames as they came, and who waits for which. */
export function createPile() {
  const received: Received[] = [];
  const taken = new Set<Received>();
  const waiting = new Set<() => void>();
  let isOver = false;
  const wake = () => {
    for (const each of [...waiting]) each();
  };
  const problemOf = (): Body =>
    received.map(({ frame }) => frame).find((frame) => frame.t === 'bye')?.problem;
  const next: RawSession['next'] = (kind, where = () => true) =>
    new Promise((resolve, reject) => {
      const fits = ({ frame }: Received) => frame.t === kind && where(frame as Body);
      const look = () => {
        const found = received.find((each) => !taken.has(each) && fits(each));
        if (!found && !isOver) return;
        waiting.delete(look);
        if (!found) return reject(toError(problemOf() ?? { detail: `closed without ${kind}` }));
        taken.add(found);
        resolve({ frame: found.frame as Body, body: found.body === '' ? undefined : JSON.parse(found.body) });
      };
      waiting.add(look);
      look();
    });
  return {
    ...{ received, next },
    add(text: string) {
      received.push(...decodeFrames<GatewayFrame>(text));
      wake();
    },
    end(): Body {
      isOver = true;
      wake();
      return problemOf();
    },
  };
}

function toError(problem: Body): Error {
  return Object.assign(new Error(problem.detail), problem);
}
