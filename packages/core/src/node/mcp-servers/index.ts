import type { LocalHandlersOf } from '../../client/local-handlers.ts';
import { discover } from './discover.ts';
import { thisHost } from './host.ts';
import { checkServer, registerServer } from './register.ts';

/** The local operations on MCP servers. */
export const localHandlers: LocalHandlersOf<'mcpServers'> = {
  'mcpServers.detect': async (_context, input) => {
    const { found, problems } = await discover(thisHost(), input);
    return { servers: found.map(({ shown }) => shown), problems: [...problems] };
  },
  'mcpServers.register': registerServer,
  'mcpServers.checkDrift': checkServer,
};
