import { z } from 'zod';
import { page, pageInput } from '../../models/common.ts';
import { mcpServer } from '../../models/mcp-server.ts';
import { defineOperation } from '../define.ts';

export const listMcpServers = defineOperation({
  id: 'mcpServers.list',
  summary: 'List registered MCP servers',
  description: 'Lists the MCP servers of the workspace with drift and confidence, newest first.',
  risk: 'none',
  access: 'workspace:mcpServers.read',
  http: { method: 'GET', path: '/v1/mcp-servers' },
  input: z.strictObject({ status: z.enum(['pinned', 'drifted']).optional(), ...pageInput }),
  output: page(mcpServer),
  errors: [],
  toolset: 'governance',
  idempotent: true,
});
