import { AuthenticationError } from '@bonafide/core/errors';
import { type CryptoBackend, readSignedRequest } from '@bonafide/core/identity';
import type { AgentRecord } from '@bonafide/core/models';
import type { Access } from '@bonafide/core/operations';
import { type Bus, nounTopic } from '../bus/bus.ts';
import { isLoopback } from '../config/schema.ts';
import type { Principal } from '../context.ts';
import type { Nonce, Reads } from '../stores/store.ts';
import { type Bearer, findBearer, readBearer, whyRefused } from '../tokens/bearer.ts';
import { hashSecret } from '../tokens/secrets.ts';
import type { IncomingCall } from './exchange.ts';
import type { GuessGuard } from './guesses.ts';
import type { NonceGuard } from './nonces.ts';
import { authorize } from './scopes.ts';

export interface Authenticated {
  readonly principal: Principal;
  /** Of a signed request: what must be remembered so that it cannot be sent twice. */
  readonly nonce?: Nonce | undefined;
}

export interface Authenticator {
  /** `network` is where the call comes from, as limits count it. */
  authenticate(
    call: IncomingCall,
    options: { body: Buffer; access: Access; network: string },
  ): Promise<Authenticated>;
  /** The active agent whose current key this is; undefined for a key that nobody registered. */
  findAgent(did: string): AgentRecord | undefined;
  /** The bearer of a usable secret. */
  authenticateToken(secret: string, network: string): Bearer;
  /** Throws when the principal was revoked or expired since, or may no longer do this. */
  revalidate(principal: Principal, access: Access): void;
  /** The principal as it is now; throws as `revalidate` does. */
  refresh(principal: Principal, access: Access): Principal;
}

export interface AuthenticatorOptions {
  readonly read: Reads;
  readonly bus: Bus;
  readonly nonces: NonceGuard;
  readonly guesses: GuessGuard;
  readonly backend: CryptoBackend;
  readonly now: () => number;
  /** Names the gateway answers to; the first is used when the caller's Host is none of them. */
  readonly authorities: () => readonly string[];
}

// With more than this many checks under way the thread pool is faster; below it costs more than it saves.
const ASYNC_ABOVE = 4;
const MAX_CACHED = 10_000;

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { read, bus, guesses, now } = options;
  const agents = new Map<string, AgentRecord>();
  bus.subscribe(nounTopic('agent'), () => agents.clear());
  const verifySignature = createVerifier(options);
  const isLocal = createIsLocal(options.authorities);

  const agentOf = (did: string) => cached(agents, did, () => read.agents.findByDid(did));

  async function bySignature(
    call: IncomingCall,
    { body, access, network }: { body: Buffer; access: Access; network: string },
  ): Promise<Authenticated> {
    const nonce = await verifySignature(call, {
      body,
      // A key that is registered is no guess: its owner is never kept out by a neighbour.
      beforeVerifying: (did) => agentOf(did) ?? guesses.check(network),
    });
    const agent = findAgent(nonce.did);
    if (agent) return { principal: { kind: 'agent', agent }, nonce };
    if (access !== 'enrolment') throw new AuthenticationError('This key is not registered here.');
    return { principal: { kind: 'key', did: nonce.did, isLocal: isLocal(call) }, nonce };
  }

  function byToken(header: string, network: string): Authenticated {
    const secret = /^Bearer ([\w.~+/=-]{1,200})$/i.exec(header)?.[1];
    if (secret === undefined)
      throw new AuthenticationError('The Authorization header is not a Bearer token.');
    return { principal: { kind: 'token', ...authenticateToken(secret, network) } };
  }

  function authenticateToken(secret: string, network: string): Bearer {
    const hash = hashSecret(secret);
    if (!guesses.isFamiliar(network, hash)) guesses.check(network);
    const bearer = assertUsable(findBearer(read, hash), now());
    guesses.remember(network, hash);
    return bearer;
  }

  function findAgent(did: string): AgentRecord | undefined {
    const agent = agentOf(did);
    return agent && assertCurrent(agent, did);
  }

  return {
    async authenticate(call, request) {
      const authorization = call.header('authorization');
      const isSigned = call.header('signature-input') !== undefined || call.header('signature') !== undefined;
      if (request.access === 'public') return { principal: { kind: 'anonymous' } };
      // Two proofs could be of two principals: whichever won, the other would be ignored in silence.
      if (authorization !== undefined && isSigned)
        throw new AuthenticationError('Send a token or a signature, not both.');
      if (authorization !== undefined) return byToken(authorization, request.network);
      return bySignature(call, request);
    },
    findAgent,
    authenticateToken,
    revalidate(principal, access) {
      assertStillValid(read, { principal, access, nowMs: now() });
    },
    refresh(principal, access) {
      if (principal.kind === 'token') {
        const current = { kind: 'token', ...assertUsable(readBearer(read, principal.token), now()) } as const;
        authorize(current, access);
        return current;
      }
      if (principal.kind !== 'agent') return principal;
      const agent = findAgent(principal.agent.did);
      if (!agent) throw notCurrent(undefined);
      const current = { kind: 'agent', agent } as const;
      authorize(current, access);
      return current;
    },
  };
}

/** Throws when the principal was revoked, replaced or expired since it was authenticated, or its role was changed. */
export function assertStillValid(
  tables: Pick<Reads, 'agents' | 'tokens' | 'members'>,
  { principal, access, nowMs }: { principal: Principal; access: Access; nowMs: number },
): void {
  if (principal.kind === 'agent') {
    const status = tables.agents.getStatusOfKey(principal.agent.did);
    if (status !== 'active') throw notCurrent(status);
  } else if (principal.kind === 'token') {
    const current = assertUsable(readBearer(tables, principal.token), nowMs);
    authorize({ kind: 'token', ...current }, access);
  }
}

function createVerifier({ nonces, backend, now, authorities }: AuthenticatorOptions) {
  let underWay = 0;
  return async (
    call: IncomingCall,
    { body, beforeVerifying }: { body: Buffer; beforeVerifying: (did: string) => void },
  ): Promise<Nonce> => {
    const request = { method: call.method, url: call.target, headers: call.headers, body };
    const authority = authorityOf(call, authorities());
    const { claim, verification } = readSignedRequest(request, { authority, nowMs: now() });
    const nonce = { did: claim.did, nonce: claim.nonce, expires: claim.expires };
    nonces.check(nonce);
    beforeVerifying(claim.did);
    underWay++;
    try {
      const isValid =
        backend.verifySync && underWay <= ASYNC_ABOVE
          ? backend.verifySync(verification)
          : await backend.verify(verification);
      if (!isValid) throw badSignature();
    } finally {
      underWay--;
    }
    // Again: the same request may have come twice while the first was being verified.
    nonces.check(nonce);
    nonces.add(nonce);
    return nonce;
  };
}

function authorityOf(call: IncomingCall, accepted: readonly string[]): string {
  const host = call.header('host')?.toLowerCase();
  return host !== undefined && accepted.includes(host) ? host : (accepted[0] ?? '');
}

// A forwarded request comes from elsewhere, whoever hands it over. So does one that called us by a name we do not have: a
// web page whose own name now resolves to this machine (DNS rebinding).
function createIsLocal(authorities: () => readonly string[]): (call: IncomingCall) => boolean {
  return (call) => {
    const isForwarded =
      call.header('x-forwarded-for') !== undefined || call.header('forwarded') !== undefined;
    const isNamed = authorities().includes(call.header('host')?.toLowerCase() ?? '');
    return !isForwarded && isNamed && call.remoteAddress !== undefined && isLoopback(call.remoteAddress);
  };
}

function assertCurrent(agent: AgentRecord, did: string): AgentRecord {
  if (agent.status === 'active' && agent.did === did) return agent;
  throw notCurrent(agent.status);
}

function notCurrent(status: AgentRecord['status'] | undefined): AuthenticationError {
  const message = status === 'revoked' ? 'This agent is revoked.' : 'This key was replaced by a newer one.';
  return new AuthenticationError(message, { code: 'REVOKED' });
}

function assertUsable(bearer: Bearer | undefined, nowMs: number): Bearer {
  if (!bearer) throw new AuthenticationError('This token is not known here.');
  const why = whyRefused(bearer, new Date(nowMs).toISOString());
  if (why === undefined) return bearer;
  throw new RefusedToken(bearer, why);
}

/** A token that was good once; who uses it still is worth an entry in the log of its workspace. */
export class RefusedToken extends AuthenticationError {
  readonly bearer: Bearer;
  readonly why: 'revoked' | 'expired';

  constructor(bearer: Bearer, why: 'revoked' | 'expired') {
    super(`This token is ${why}.`, { code: why === 'revoked' ? 'REVOKED' : 'UNAUTHENTICATED' });
    this.bearer = bearer;
    this.why = why;
  }
}

function badSignature(): AuthenticationError {
  return new AuthenticationError('The signature does not fit the request and its key.', {
    code: 'SIGNATURE_INVALID',
    details: { reason: 'bad-signature' },
  });
}

function cached<Value>(
  cache: Map<string, Value>,
  key: string,
  load: () => Value | undefined,
): Value | undefined {
  const found = cache.get(key);
  if (found !== undefined) return found;
  const value = load();
  if (value === undefined) return undefined;
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(key, value);
  return value;
}
