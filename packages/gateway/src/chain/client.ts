import { createPublicClient, http, type PublicClient } from 'viem';

export interface ChainClientOptions {
  readonly rpcUrl: string;
  readonly timeoutMs: number;
  /** Ends every request under way. */
  readonly signal: AbortSignal;
}

/** A client that asks each question once: who asks decides whether to ask again. */
export function createChainClient({ rpcUrl, timeoutMs, signal }: ChainClientOptions): PublicClient {
  return createPublicClient({
    transport: http(rpcUrl, { timeout: timeoutMs, retryCount: 0, fetchOptions: { signal } }),
    // Without a cache a block number is never older than the question.
    cacheTime: 0,
  });
}
