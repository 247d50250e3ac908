import {
  AuthenticationError,
  BonafideError,
  ChainError,
  ConnectionError,
  type ErrorCode,
  type ErrorOptions,
  errorCodes,
  type Issue,
  RateLimitError,
  TimeoutError,
  ValidationError,
  VerificationError,
} from './errors.ts';

/** RFC 9457 problem details as they travel; `code` is the stable name, `type` its documentation. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly requestId?: string | undefined;
  readonly issues?: readonly Issue[];
  readonly details?: Readonly<Record<string, unknown>>;
}

const TYPE_PREFIX = 'urn:bonafide:error:';

/** The problem document for an error; causes and stacks never leave the process. */
export function toProblem(error: BonafideError, requestId = error.requestId): Problem {
  const { issues, ...details } = error.details as { issues?: readonly Issue[] };
  return {
    type: `${TYPE_PREFIX}${error.code}`,
    title: error.code.toLowerCase().replaceAll('_', ' '),
    status: error.status,
    code: error.code,
    detail: error.message,
    ...(requestId === undefined ? {} : { requestId }),
    ...(issues ? { issues } : {}),
    ...(Object.keys(details).length > 0 ? { details } : {}),
  };
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorCodes, value);
}

/** The typed error for a problem document; an unknown or broken one becomes INTERNAL. */
export function fromProblem(problem: Partial<Problem>): BonafideError {
  const message =
    typeof problem.detail === 'string' ? problem.detail : 'The gateway answered with an unknown error.';
  const details = { ...problem.details, ...(problem.issues ? { issues: problem.issues } : {}) };
  const options: ErrorOptions = { details, requestId: problem.requestId };
  const code = isErrorCode(problem.code) ? problem.code : 'INTERNAL';
  switch (code) {
    case 'VALIDATION_FAILED':
      return new ValidationError(message, { ...options, issues: problem.issues ?? [] });
    case 'UNAUTHENTICATED':
    case 'SIGNATURE_INVALID':
    case 'SIGNATURE_EXPIRED':
    case 'REPLAYED':
    case 'REVOKED':
      return new AuthenticationError(message, { ...options, code });
    case 'DENIED':
      return new VerificationError(message, options);
    case 'RATE_LIMITED':
      return new RateLimitError(message, {
        ...options,
        retryAfterMs: Number(problem.details?.retryAfterMs ?? 1000),
      });
    case 'CHAIN_REVERTED':
      return new ChainError(message, { ...options, revert: revertOf(problem) });
    case 'CONNECTION_FAILED':
      return new ConnectionError(message, options);
    case 'TIMEOUT':
      return new TimeoutError(message, options);
    default:
      return new BonafideError(code, message, options);
  }
}

function revertOf(problem: Partial<Problem>): string | undefined {
  const revert = problem.details?.revert;
  return typeof revert === 'string' ? revert : undefined;
}
