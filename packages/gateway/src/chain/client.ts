import { createPublicClient, http, type PublicClient } from 'viem';

export interface ChainClientOptions {
  readonly rpcUrl: string;
  readonly timeoutMs: number;
  /** Ends every request under way. */
  readonly signal: AbortSignal;
  /** Up to how many questions that are asked together go in one request; default 1. */
  readonly questionsAtOnce?: number;
}

/** A client that asks once more when a connection breaks, as idle ones do; viem never does that with a broadcast. */
export function createChainClient(options: ChainClientOptions): PublicClient {
  const { rpcUrl, timeoutMs: timeout, signal, questionsAtOnce: batchSize } = options;
  return createPublicClient({
    transport: http(rpcUrl, {
      ...{ timeout, retryCount: 1, retryDelay: 50, fetchOptions: { signal } },
      ...(batchSize !== undefined && { batch: { batchSize } }),
      fetchFn: async (input, init) => withoutRetryAfter(await fetch(input, init)),
    }),
    // Without a cache a block number is never older than the question.
    cacheTime: 0,
  });
}

// How long to leave a node alone is for whoever asks to decide: a wait within a request could be ended by nobody.
function withoutRetryAfter(response: Response): Response {
  if (!response.headers.has('retry-after')) return response;
  const headers = new Headers(response.headers);
  headers.delete('retry-after');
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
