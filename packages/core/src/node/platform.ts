import type { Platform } from '../client/platform.ts';
import { signerFromSeed } from '../identity/keys.ts';

/** Node: keys in files under `~/.bonafide/agents`, warnings as process warnings. */
export const platform: Platform = {
  keyStore: {
    async loadOrCreate(name) {
      const { loadOrCreateKeyFile } = await import('./key-files.ts');
      const { keyPair } = await loadOrCreateKeyFile(name);
      return signerFromSeed(keyPair.seed);
    },
  },
  openLogSink: async (path) => (await import('./log-sink.ts')).openLogSink(path),
  openSpendings: async () => (await import('./spending-files.ts')).createSpendingFiles(),
  loadMcpServers: async () => (await import('./mcp-servers/index.ts')).localHandlers,
  openSocket: async (url, request) => (await import('./socket.ts')).openNodeSocket(url, request),
  openFetch: (tls) => async (input, init) => {
    const { fetchWithTls } = await import('./tls.ts');
    return fetchWithTls(tls, { input, init });
  },
  warn: (error) => process.emitWarning(error.message, { type: error.name, code: error.code }),
};
