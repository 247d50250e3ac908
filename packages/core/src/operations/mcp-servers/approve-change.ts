import { z } from 'zod';
import { id } from '../../models/common.ts';
import { mcpServer } from '../../models/mcp-server.ts';
import { defineOperation } from '../define.ts';

export const approveMcpChange = defineOperation({
  id: 'mcpServers.approveChange',
  summary: 'Accept what an MCP server offers now; people only',
  description:
    'Pins the tools and the transport the server had when it was asked last, if it still is what was looked at, and resolves its drift alert.',
  risk: 'high',
  access: 'workspace:mcpServers.manage',
  http: { method: 'POST', path: '/v1/mcp-servers/{serverId}/approve-change' },
  input: z.strictObject({
    serverId: id,
    seenDigest: z.string().max(64).meta({ description: 'seenDigest of what was looked at' }),
    reason: z.string().max(500).optional(),
  }),
  output: mcpServer,
  errors: ['NOT_FOUND', 'CONFLICT'],
  idempotent: true,
});
