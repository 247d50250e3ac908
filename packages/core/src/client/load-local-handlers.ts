import { platform } from '#platform';
import { BonafideError } from '../errors.ts';
import type { LocalHandlersOf, LocalNoun } from './local-handlers.ts';

type Loaders = { readonly [Noun in LocalNoun]: () => Promise<LocalHandlersOf<Noun>> };

const commerce = async () => (await import('../commerce/index.ts')).localHandlers;

/** Where the handlers of each noun are; with those of commerce comes viem, so they are loaded at the first use. */
const loaders: Loaders = {
  jobs: commerce,
  disputes: commerce,
  arbitrators: commerce,
  templates: commerce,
  treasury: commerce,
  usdc: commerce,
  wallets: commerce,
  identities: commerce,
  validations: commerce,
  peers: async () => (await import('./peers-handlers.ts')).localHandlers,
  audit: async () => (await import('../audit/local-handlers.ts')).localHandlers,
  mcpServers: () => platform.loadMcpServers?.() ?? elsewhere(),
};

/** The handlers of the local operations of one noun. */
export async function loadLocalHandlers(noun: string): Promise<Readonly<Record<string, unknown>>> {
  return Object.hasOwn(loaders, noun) ? loaders[noun as LocalNoun]() : {};
}

function elsewhere(): never {
  throw new BonafideError('UNSUPPORTED', 'MCP servers run beside agents in Node; this platform starts none.');
}
