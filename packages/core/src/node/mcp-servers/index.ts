import type { LocalHandlersOf } from '../../client/local-handlers.ts';
import { BonafideError } from '../../errors.ts';

const notYet = async () => {
  throw new BonafideError('UNSUPPORTED', 'Not built yet.');
};

/** The local operations on MCP servers. */
export const localHandlers: LocalHandlersOf<'mcpServers'> = {
  'mcpServers.detect': notYet,
  'mcpServers.register': notYet,
  'mcpServers.checkDrift': notYet,
};
