import { z } from 'zod';
import type { BonafideError, ErrorCode } from '../errors.ts';
import { fromProblem, type Problem } from '../problem.ts';

const lenientProblem = z.object({
  code: z.string().optional().catch(undefined),
  detail: z.string().optional().catch(undefined),
  requestId: z.string().optional().catch(undefined),
  issues: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .catch(undefined),
  details: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

// For answers that no gateway of ours wrote, such as the error page of a proxy.
const codeByStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'VALIDATION_FAILED',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  410: 'EXPIRED',
  413: 'PAYLOAD_TOO_LARGE',
  429: 'RATE_LIMITED',
  501: 'UNSUPPORTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'TIMEOUT',
};

/** The typed error for a refused request, whoever wrote the answer. */
export function toError(response: Response, body: unknown): BonafideError {
  const problem = lenientProblem.safeParse(body).data ?? {};
  const requestId = problem.requestId ?? response.headers.get('x-request-id') ?? undefined;
  const retryAfterMs = readRetryAfterMs(response.headers);
  const details = { ...(retryAfterMs === undefined ? {} : { retryAfterMs }), ...problem.details };
  if (problem.code !== undefined) return problemToError({ ...problem, details, requestId });
  const code = codeByStatus[response.status] ?? 'INTERNAL';
  const detail = `The gateway answered ${response.status} without a problem document.`;
  return problemToError({ code, detail, details: { ...details, status: response.status }, requestId });
}

/** The typed error for a problem document from the network, each broken field ignored. */
export function problemToError(problem: unknown): BonafideError {
  const parsed = lenientProblem.safeParse(problem).data ?? {};
  // An unknown code is known to fromProblem: it becomes INTERNAL.
  return fromProblem(parsed as Partial<Problem>);
}

/** Whether the answer asks to be tried again: busy, unavailable, timed out, or the first attempt still running. */
export function asksForRetry(status: number, body: unknown): boolean {
  const code = lenientProblem.safeParse(body).data?.code;
  if (status === 409) return code === 'IN_PROGRESS';
  return status === 429 || status === 503 || status === 504;
}

/** `Retry-After` in milliseconds, from seconds or an HTTP date. */
export function readRetryAfterMs(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
