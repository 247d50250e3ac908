import { z } from 'zod';
import { id } from '../../models/common.ts';
import { mcpServer } from '../../models/mcp-server.ts';
import { defineOperation } from '../define.ts';

export const getMcpServer = defineOperation({
  id: 'mcpServers.get',
  summary: 'Get one registered MCP server',
  description: 'Returns the pinned tools, drift and confidence of a server.',
  risk: 'none',
  access: 'workspace:mcpServers.read',
  http: { method: 'GET', path: '/v1/mcp-servers/{serverId}' },
  input: z.strictObject({ serverId: id }),
  output: mcpServer,
  errors: ['NOT_FOUND'],
  toolset: 'governance',
  idempotent: true,
});
