import { createTestClient, http, type TestClient } from 'viem';

/** The knobs of a local chain. */
export function anvilOf(chain: { readonly rpcUrl: string }): TestClient<'anvil'> {
  return createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) });
}
