import { z } from 'zod';
import { id } from '../../models/common.ts';
import { mcpLaunch, mcpServer } from '../../models/mcp-server.ts';
import { defineLocalOperation } from '../define.ts';

export const checkMcpDrift = defineLocalOperation({
  id: 'mcpServers.checkDrift',
  summary: 'Ask a registered MCP server again and compare',
  description:
    'Starts or calls the server as it is pinned, or as the fields given say, compares its tools and its command with what is pinned, and reports what differs. Drift raises an alert and may hold back its actions until a person approves the change.',
  risk: 'low',
  input: z.strictObject({
    serverId: id,
    ...mcpLaunch,
  }),
  output: mcpServer,
  errors: [
    'UNSUPPORTED',
    'NOT_FOUND',
    'VALIDATION_FAILED',
    'CONNECTION_FAILED',
    'TIMEOUT',
    'PAYLOAD_TOO_LARGE',
  ],
  idempotent: true,
});
