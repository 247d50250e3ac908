import { z } from 'zod';
import { name } from '../../models/common.ts';
import { mcpLaunch, mcpServer } from '../../models/mcp-server.ts';
import { defineLocalOperation } from '../define.ts';

export const registerMcpServer = defineLocalOperation({
  id: 'mcpServers.register',
  summary: 'Ask an MCP server what it offers, and pin it',
  description:
    'Starts or calls the server, lists its tools over MCP and pins a hash of them in the gateway. Values of env and headers go to the server only. Registering the same again returns the same server; one that has changed is a CONFLICT, to be looked at with mcpServers.checkDrift.',
  risk: 'low',
  input: z.strictObject({
    name,
    ...mcpLaunch,
  }),
  output: mcpServer,
  errors: [
    'UNSUPPORTED',
    'VALIDATION_FAILED',
    'CONFLICT',
    'CONNECTION_FAILED',
    'TIMEOUT',
    'PAYLOAD_TOO_LARGE',
  ],
  idempotent: true,
});
