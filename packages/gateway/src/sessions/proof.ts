import { AuthenticationError, BonafideError, ValidationError } from '@bonafide/core/errors';
import { type CryptoBackend, verifyEnvelope } from '@bonafide/core/identity';
import { toIssues } from '@bonafide/core/operations';
import { HELLO, type Hello, type HelloFrame, hello as helloSchema } from '@bonafide/core/protocol';
import type { Principal, Services } from '../context.ts';
import type { Authenticator } from '../http/authenticate.ts';
import type { GuessGuard } from '../http/guesses.ts';
import { authorize } from '../http/scopes.ts';

/** The scope that opening a session takes. */
export const SESSION_ACCESS = 'workspace:sessions.write';

export interface Proven {
  readonly principal: Extract<Principal, { kind: 'agent' | 'token' }>;
  readonly hello: Hello;
}

export interface ProofOptions {
  readonly services: Services;
  readonly authenticator: Authenticator;
  readonly guesses: GuessGuard;
  readonly backend: CryptoBackend;
}

/** Who says hello: by a signature over this challenge, or by a token. Throws AuthenticationError, FORBIDDEN or ValidationError. */
export async function proveHello(
  frame: HelloFrame,
  challenge: { readonly nonce: string; readonly network: string },
  options: ProofOptions,
): Promise<Proven> {
  const { envelope, token } = frame;
  if ((envelope === undefined) === (token === undefined)) {
    throw new AuthenticationError('A hello carries either an envelope or a token.');
  }
  const hello = readHello(envelope === undefined ? frame.payload : envelope?.payload, {
    nonce: challenge.nonce,
    did: options.services.did,
  });
  const principal =
    envelope === undefined
      ? byToken(token, { network: challenge.network, options })
      : await byKey(envelope, { network: challenge.network, options });
  authorize(principal, SESSION_ACCESS);
  return { principal, hello };
}

function readHello(payload: unknown, { nonce, did }: { nonce: string; did: string }): Hello {
  const parsed = helloSchema.safeParse(payload);
  if (!parsed.success) {
    const issues = toIssues(parsed.error);
    const first = issues[0];
    throw new ValidationError(`hello: ${first?.path} ${first?.message}`, { issues });
  }
  const hello = parsed.data;
  if (hello.gateway !== did) {
    throw new AuthenticationError('This hello is for another gateway.', {
      code: 'SIGNATURE_INVALID',
      details: { gateway: did },
    });
  }
  if (hello.nonce !== nonce) {
    throw new AuthenticationError('This hello answers another challenge.', { code: 'REPLAYED' });
  }
  return hello;
}

type Options = { readonly network: string; readonly options: ProofOptions };

function byToken(secret: unknown, { network, options }: Options): Proven['principal'] {
  if (typeof secret !== 'string' || secret.length > 200)
    throw new AuthenticationError('This is not a token.');
  return { kind: 'token', ...options.authenticator.authenticateToken(secret, network) };
}

async function byKey(
  envelope: NonNullable<HelloFrame['envelope']>,
  { network, options }: Options,
): Promise<Proven['principal']> {
  const { authenticator, guesses, backend, services } = options;
  // A key that is registered is no guess: its owner is never kept out by a neighbour.
  if (typeof envelope.iss !== 'string' || !authenticator.findAgent(envelope.iss)) guesses.check(network);
  const verified = await verifyEnvelope(envelope, { type: HELLO, backend, nowMs: services.now() });
  const agent = authenticator.findAgent(verified.iss);
  if (agent) return { kind: 'agent', agent };
  throw new AuthenticationError('This key is not registered here.');
}

/** Whatever has not got an operation's message yet. */
export function unknownFrame(kind: string): BonafideError {
  return new BonafideError('UNSUPPORTED', `This gateway takes no frames of kind ${kind.slice(0, 40)}.`);
}
