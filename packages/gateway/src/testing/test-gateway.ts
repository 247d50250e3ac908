import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import {
  createKeyPair,
  type Signer,
  type SignRequestOptions,
  signerFromSeed,
  signRequest,
} from '@bonafide/core/identity';
import { findOperation, type OperationId } from '@bonafide/core/operations';
import { pino } from 'pino';
import { createGateway, type Gateway, type GatewayOptions } from '../gateway.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests read answers whose schema `call` has checked
export type Body = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** Who sends a request: a key that signs, a token, or nobody. */
export type Sender = { readonly signer: Signer } | { readonly token: string } | Record<string, never>;

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | undefined;
}

export interface TestGateway extends AsyncDisposable {
  readonly url: string;
  readonly database: string;
  readonly gateway: Gateway;
  /** Every log line so far. */
  readonly lines: readonly string[];
  /** Of workspace `default`. */
  readonly ownerToken: string;
  send(sender: Sender, request: RawRequest, options?: SignRequestOptions): Promise<Answer>;
  /** Calls an operation as the SDK would, and checks a good answer against its schema. */
  call(sender: Sender, id: OperationId, input?: Body, headers?: Record<string, string>): Promise<Answer>;
  register(name: string, extra?: Body): Promise<TestAgent>;
  /** Closes the gateway and opens another on the same file. */
  restart(options?: GatewayOptions): Promise<TestGateway>;
}

export interface TestAgent {
  readonly signer: Signer;
  readonly agentId: string;
  readonly record: Body;
}

const unlimited = { perSecond: 1_000_000, burst: 1_000_000 };
const unlimitedGuesses = { perMinute: 1_000_000, burst: 1_000_000 };

export function newSigner(): Signer {
  return signerFromSeed(createKeyPair().seed);
}

/** A real gateway on a real port over a real file. */
export async function startGateway(options: GatewayOptions = {}): Promise<TestGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-gateway-'));
  return open(folder, options);
}

async function open(folder: string, options: GatewayOptions, knownToken?: string): Promise<TestGateway> {
  const database = join(folder, 'gateway.db');
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const log = pino({ level: 'trace' }, sink);
  const gateway = await createGateway({
    database,
    port: 0,
    rateLimit: unlimited,
    guessLimit: unlimitedGuesses,
    log,
    ...options,
  });
  const { url } = await gateway.listen();
  const ownerToken = knownToken ?? (await gateway.createWorkspace('default')).ownerToken;
  const send: TestGateway['send'] = (sender, request, signing) => sendTo(url, { sender, request, signing });
  const call: TestGateway['call'] = async (sender, id, input = {}, headers = {}) => {
    const answer = await send(sender, toRequest(id, { input, headers }));
    if (answer.status === 200) findOperation(id)?.output.parse(answer.body);
    return answer;
  };
  return {
    ...{ url, database, gateway, lines, ownerToken, send, call },
    async register(name, extra = {}) {
      const signer = newSigner();
      const { status, body } = await call({ signer }, 'agents.register', { name, ...extra });
      if (status !== 200) throw new Error(`not registered: ${JSON.stringify(body)}`);
      return { signer, agentId: body.agentId, record: body };
    },
    async restart(changed = {}) {
      await gateway[Symbol.asyncDispose]();
      return open(folder, { ...options, ...changed }, ownerToken);
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The request an operation makes: fields in the path, the rest as query or JSON body. */
export function toRequest(
  id: OperationId,
  { input = {}, headers = {} }: { input?: Body; headers?: Record<string, string> } = {},
): RawRequest {
  const operation = findOperation(id);
  if (!operation || operation.kind === 'local') throw new Error(`${id} is not remote`);
  const { method, path } = operation.http;
  const rest = { ...input };
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    delete rest[name];
    return encodeURIComponent(String(input[name]));
  });
  if (method !== 'GET') {
    return {
      method,
      path: filled,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(rest),
    };
  }
  const query = new URLSearchParams(
    Object.entries(rest).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((each) => [name, String(each)]),
    ),
  ).toString();
  return { method, path: query ? `${filled}?${query}` : filled, headers };
}

async function sendTo(
  url: string,
  {
    sender,
    request,
    signing = {},
  }: { sender: Sender; request: RawRequest; signing?: SignRequestOptions | undefined },
): Promise<Answer> {
  const response = await fetch(url + request.path, await signed(url, { sender, request, signing }));
  return toAnswer(response);
}

export async function toAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

/** What to pass to fetch. */
export async function signed(
  url: string,
  { sender, request, signing = {} }: { sender: Sender; request: RawRequest; signing?: SignRequestOptions },
): Promise<{ method: string; headers: Record<string, string>; body?: string }> {
  const { method, path, headers: given = {}, body } = request;
  const headers = { ...given, ...(await proofOf(url + path, { sender, method, given, body, signing })) };
  return { method, headers, ...(body === undefined ? {} : { body }) };
}

interface Proof {
  readonly sender: Sender;
  readonly method: string;
  readonly given: Record<string, string>;
  readonly body: string | undefined;
  readonly signing: SignRequestOptions;
}

async function proofOf(
  target: string,
  { sender, method, given, body, signing }: Proof,
): Promise<Record<string, string>> {
  if ('token' in sender && sender.token) return { authorization: `Bearer ${sender.token}` };
  if (!('signer' in sender) || !sender.signer) return {};
  return { ...(await signRequest({ method, url: target, headers: given, body }, sender.signer, signing)) };
}
