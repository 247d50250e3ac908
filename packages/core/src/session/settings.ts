import { BonafideError, ValidationError } from '../errors.ts';
import { toIssues } from '../operations/validate.ts';
import { type SessionPrincipal, sessionPrincipal } from '../protocol/handshake.ts';
import { createTransport, DEFAULT_GATEWAY_URL, type Transport } from '../transport/transport.ts';
import type { SessionOptions } from './types.ts';

type Filled = 'carrier' | 'takeOver' | 'credit' | 'reconnect' | 'maxRetries' | 'initialBackoffMs';
type Given = 'workspace' | 'profiles' | 'taskTypes' | 'gatewayDid' | 'tls';

/** The options of a session, checked, with every default filled in. */
export interface SessionSettings
  extends Pick<SessionOptions, Given>,
    Required<{ readonly [Key in Filled]: NonNullable<SessionOptions[Key]> }> {
  readonly transport: Transport;
  readonly principal: SessionPrincipal;
  readonly maxBackoffMs: number;
  readonly connectTimeoutMs: number;
}

export function readSettings(options: SessionOptions): SessionSettings {
  const transport = createTransport({ ...options, url: options.url ?? DEFAULT_GATEWAY_URL });
  if (!transport.signer && transport.token === undefined) {
    throw new BonafideError('VALIDATION_FAILED', 'A session is opened with a signer or with a token.');
  }
  return {
    transport,
    principal: readPrincipal(options.principal),
    workspace: options.workspace,
    profiles: options.profiles,
    taskTypes: options.taskTypes,
    gatewayDid: options.gatewayDid,
    tls: options.tls,
    carrier: options.carrier ?? 'auto',
    takeOver: options.takeOver ?? false,
    credit: options.credit ?? 256,
    reconnect: options.reconnect ?? true,
    maxRetries: options.maxRetries ?? 5,
    initialBackoffMs: options.initialBackoffMs ?? 1000,
    maxBackoffMs: options.maxBackoffMs ?? 30_000,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
  };
}

/** Full jitter: anything between nothing and the exponential delay, and no less than the gateway asks for. */
export function reconnectDelayMs(settings: SessionSettings, failures: number, error: BonafideError): number {
  const { initialBackoffMs, maxBackoffMs, transport } = settings;
  const { retryAfterMs } = error.details;
  const atLeast = typeof retryAfterMs === 'number' ? Math.min(retryAfterMs, maxBackoffMs) : 0;
  return Math.max(atLeast, transport.random() * Math.min(maxBackoffMs, initialBackoffMs * 2 ** failures));
}

function readPrincipal(principal: SessionPrincipal): SessionPrincipal {
  const parsed = sessionPrincipal.safeParse(principal);
  if (parsed.success) return parsed.data;
  const issues = toIssues(parsed.error);
  throw new ValidationError('This is no principal: it looks like { type, implementation, specifier }.', {
    issues,
  });
}
