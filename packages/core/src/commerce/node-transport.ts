import { http } from 'viem';

/** What the most careful public nodes take. */
const QUESTIONS_AT_ONCE = 10;
const TIMEOUT_MS = 10_000;
/** A step of a job does not stand still for longer because a node asks for it. */
const MAX_RETRY_AFTER_SECONDS = 2;

/** The way to a node: what is asked together goes in one request, and a refusal is tried again soon. */
export function nodeTransport(rpcUrl: string) {
  return http(rpcUrl, {
    timeout: TIMEOUT_MS,
    batch: { batchSize: QUESTIONS_AT_ONCE },
    fetchFn: async (input, init) => boundRetryAfter(await fetch(input, init)),
  });
}

function boundRetryAfter(response: Response): Response {
  const wanted = response.headers.get('retry-after');
  if (wanted === null || Number(wanted) <= MAX_RETRY_AFTER_SECONDS) return response;
  const headers = new Headers(response.headers);
  headers.set('retry-after', String(MAX_RETRY_AFTER_SECONDS));
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
