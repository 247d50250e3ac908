/** Every code an operation can fail with: the HTTP status it travels as and whether the same call may be tried again. */
export const errorCodes = {
  VALIDATION_FAILED: { status: 400, retryable: false },
  UNAUTHENTICATED: { status: 401, retryable: false },
  SIGNATURE_INVALID: { status: 401, retryable: false },
  SIGNATURE_EXPIRED: { status: 401, retryable: false },
  REPLAYED: { status: 401, retryable: false },
  REVOKED: { status: 401, retryable: false },
  FORBIDDEN: { status: 403, retryable: false },
  DENIED: { status: 403, retryable: false },
  LIMIT_EXCEEDED: { status: 403, retryable: false },
  NOT_FOUND: { status: 404, retryable: false },
  CONFLICT: { status: 409, retryable: false },
  IDEMPOTENCY_MISMATCH: { status: 409, retryable: false },
  IN_PROGRESS: { status: 409, retryable: true },
  EXPIRED: { status: 410, retryable: false },
  PAYLOAD_TOO_LARGE: { status: 413, retryable: false },
  CHAIN_REVERTED: { status: 422, retryable: false },
  RATE_LIMITED: { status: 429, retryable: true },
  INTERNAL: { status: 500, retryable: false },
  UNSUPPORTED: { status: 501, retryable: false },
  CONNECTION_FAILED: { status: 503, retryable: true },
  UNAVAILABLE: { status: 503, retryable: true },
  TIMEOUT: { status: 504, retryable: true },
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** One rejected field: `path` as in `parameters.amount`, empty for the whole input. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

export interface ErrorOptions {
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
  readonly requestId?: string | undefined;
}

const brand = Symbol.for('bonafide.error');

/** The one error of every package: `code` says what happened, `message` what to do, `details` holds the data. */
export class BonafideError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId: string | undefined;
  readonly [brand] = true;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details ?? {};
    this.requestId = options.requestId;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }

  /** Whether the same call may be sent again; a write only under its idempotency key. */
  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }

  /** Recognises our errors by brand, so two copies of this package in one process agree. */
  static is(value: unknown): value is BonafideError {
    return typeof value === 'object' && value !== null && brand in value;
  }

  /** Ours unchanged; a stranger becomes INTERNAL with a fixed message, its own kept as `cause` only. */
  static from(value: unknown): BonafideError {
    if (BonafideError.is(value)) return value;
    return new BonafideError(
      'INTERNAL',
      'Something failed on our side. Nothing more is known to the caller.',
      {
        cause: value,
      },
    );
  }
}

type AuthenticationCode =
  | 'UNAUTHENTICATED'
  | 'SIGNATURE_INVALID'
  | 'SIGNATURE_EXPIRED'
  | 'REPLAYED'
  | 'REVOKED';

/** Who is calling could not be established; `details.reason` names the check that failed. */
export class AuthenticationError extends BonafideError {
  constructor(message: string, options: ErrorOptions & { code?: AuthenticationCode } = {}) {
    super(options.code ?? 'UNAUTHENTICATED', message, options);
  }
}

/** An action was denied, or nobody approved it in time; `details` carries `actionId` and `reason`. */
export class VerificationError extends BonafideError {
  constructor(message: string, options: ErrorOptions & { code?: 'DENIED' | 'EXPIRED' } = {}) {
    super(options.code ?? 'DENIED', message, options);
  }
}

/** The gateway or chain node could not be reached; nothing was decided. */
export class ConnectionError extends BonafideError {
  constructor(message: string, options: ErrorOptions = {}) {
    super('CONNECTION_FAILED', message, options);
  }
}

/** No answer in time. A write that timed out is unknown, not failed: reconcile it before sending anything new. */
export class TimeoutError extends BonafideError {
  constructor(message: string, options: ErrorOptions = {}) {
    super('TIMEOUT', message, options);
  }
}

/** Too many requests; try again after `retryAfterMs`. */
export class RateLimitError extends BonafideError {
  readonly retryAfterMs: number;

  constructor(message: string, options: ErrorOptions & { retryAfterMs: number }) {
    super('RATE_LIMITED', message, {
      ...options,
      details: { ...options.details, retryAfterMs: options.retryAfterMs },
    });
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The input does not fit its schema; `issues` names each field. */
export class ValidationError extends BonafideError {
  readonly issues: readonly Issue[];

  constructor(message: string, options: ErrorOptions & { issues: readonly Issue[] }) {
    super('VALIDATION_FAILED', message, {
      ...options,
      details: { ...options.details, issues: options.issues },
    });
    this.issues = options.issues;
  }
}

/** A contract refused the call; `revert` is the decoded custom error, such as `WrongStatus`. */
export class ChainError extends BonafideError {
  readonly revert: string | undefined;

  constructor(message: string, options: ErrorOptions & { revert?: string | undefined } = {}) {
    super('CHAIN_REVERTED', message, { ...options, details: { ...options.details, revert: options.revert } });
    this.revert = options.revert;
  }
}
