import { z } from 'zod';
import { id } from '../../models/common.ts';
import { mcpManifest, mcpServer } from '../../models/mcp-server.ts';
import { defineOperation } from '../define.ts';

export const reportMcpServer = defineOperation({
  id: 'mcpServers.report',
  summary: 'Report what an MCP server offers now',
  description:
    'Compares a manifest with the pinned one and stores what differs. The SDK calls it for mcpServers.checkDrift.',
  risk: 'low',
  access: 'workspace:mcpServers.write',
  http: { method: 'POST', path: '/v1/mcp-servers/{serverId}/report' },
  input: z.strictObject({ serverId: id, manifest: mcpManifest }),
  output: mcpServer,
  errors: ['NOT_FOUND', 'FORBIDDEN'],
  idempotent: true,
});
