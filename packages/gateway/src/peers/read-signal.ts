import { AuthenticationError, BonafideError, ValidationError } from '@bonafide/core/errors';
import { type CryptoBackend, type Envelope, verifyEnvelopeSync } from '@bonafide/core/identity';
import { MAX_SIGNAL_BYTES, PEER_SIGNAL, type PeerSignal, peerSignal } from '@bonafide/core/models';
import { toIssues } from '@bonafide/core/operations';

/** How long a signal may be good for, in seconds. */
export const MAX_SIGNAL_LIFETIME_SECONDS = 60;

/** A signal whose signature, freshness, sender and form were checked. */
export interface CheckedSignal {
  /** Of the envelope; unique among those of its sender. */
  readonly id: string;
  readonly signal: PeerSignal;
}

interface Expected {
  readonly to: string;
  readonly sender: string;
  readonly backend: CryptoBackend;
  readonly nowMs: number;
}

/**
 * The signal in an envelope, as text, from a certain sender to whom its frame names. Throws PAYLOAD_TOO_LARGE,
 * AuthenticationError, FORBIDDEN or ValidationError.
 */
export function readSignal(body: string, { to, sender, backend, nowMs }: Expected): CheckedSignal {
  if (body.length > MAX_SIGNAL_BYTES || Buffer.byteLength(body) > MAX_SIGNAL_BYTES)
    throw new BonafideError('PAYLOAD_TOO_LARGE', `A signal has at most ${MAX_SIGNAL_BYTES} bytes.`);
  // On this thread: what one session says keeps its order.
  const envelope = verifyEnvelopeSync(body, { type: PEER_SIGNAL, backend, nowMs });
  if (envelope.iss !== sender)
    throw new BonafideError('FORBIDDEN', 'A signal is signed by the agent whose session sends it.');
  assertShortLived(envelope);
  const signal = parse(envelope.payload);
  if (signal.to === to) return { id: envelope.id, signal };
  throw new ValidationError('This signal was signed for somebody else than its frame is for.', {
    issues: [{ path: 'payload.to', message: 'must be the DID that the frame names' }],
  });
}

function assertShortLived({ iat, exp }: Envelope): void {
  if (exp !== undefined && exp - iat <= MAX_SIGNAL_LIFETIME_SECONDS) return;
  throw new AuthenticationError(
    `A signal expires at most ${MAX_SIGNAL_LIFETIME_SECONDS} s after it was made.`,
    {
      code: 'SIGNATURE_INVALID',
      details: { reason: 'too-long-lived' },
    },
  );
}

function parse(payload: unknown): PeerSignal {
  const parsed = peerSignal.safeParse(payload);
  if (parsed.success) return parsed.data;
  const issues = toIssues(parsed.error);
  const first = issues[0];
  throw new ValidationError(`signal: ${first?.path} ${first?.message}`, { issues });
}
