import { createPublicClient, http, type PublicClient } from 'viem';

export interface ChainClientOptions {
  readonly rpcUrl: string;
  readonly timeoutMs: number;
  /** Ends every request under way. */
  readonly signal: AbortSignal;
}

/** A client that asks once more when a connection breaks, as idle ones do; viem never does that with a broadcast. */
export function createChainClient({ rpcUrl, timeoutMs, signal }: ChainClientOptions): PublicClient {
  return createPublicClient({
    transport: http(rpcUrl, { timeout: timeoutMs, retryCount: 1, retryDelay: 50, fetchOptions: { signal } }),
    // Without a cache a block number is never older than the question.
    cacheTime: 0,
  });
}
