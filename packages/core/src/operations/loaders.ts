import type { Operations } from './registry.ts';

/** The definitions of one noun at a time, so that a client loads only what it calls. */
export const operationLoaders: { readonly [Noun in keyof Operations]: () => Promise<Operations[Noun]> } = {
  agents: async () => (await import('./agents/index.ts')).agents,
  actions: async () => (await import('./actions/index.ts')).actions,
  approvals: async () => (await import('./approvals/index.ts')).approvals,
  capabilities: async () => (await import('./capabilities/index.ts')).capabilities,
  policies: async () => (await import('./policies/index.ts')).policies,
  trust: async () => (await import('./trust/index.ts')).trust,
  audit: async () => (await import('./audit/index.ts')).audit,
  compliance: async () => (await import('./compliance/index.ts')).compliance,
  alerts: async () => (await import('./alerts/index.ts')).alerts,
  mcpServers: async () => (await import('./mcp-servers/index.ts')).mcpServers,
  artifacts: async () => (await import('./artifacts/index.ts')).artifacts,
  jobs: async () => (await import('./jobs/index.ts')).jobs,
  usdc: async () => (await import('./usdc/index.ts')).usdc,
  reputation: async () => (await import('./reputation/index.ts')).reputation,
  wallets: async () => (await import('./wallets/index.ts')).wallets,
  relay: async () => (await import('./relay/index.ts')).relay,
  events: async () => (await import('./events/index.ts')).events,
  gateway: async () => (await import('./gateway/index.ts')).gateway,
  members: async () => (await import('./members/index.ts')).members,
  tokens: async () => (await import('./tokens/index.ts')).tokens,
  workspaces: async () => (await import('./workspaces/index.ts')).workspaces,
  webhooks: async () => (await import('./webhooks/index.ts')).webhooks,
};
