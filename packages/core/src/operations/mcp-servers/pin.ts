import { z } from 'zod';
import { name } from '../../models/common.ts';
import { mcpManifest, mcpServer } from '../../models/mcp-server.ts';
import { defineOperation } from '../define.ts';

export const pinMcpServer = defineOperation({
  id: 'mcpServers.pin',
  summary: 'Pin what an MCP server offers',
  description:
    'Stores the manifest of a server under a name. The SDK calls it for mcpServers.register, which asks the server itself; do not make a manifest up.',
  risk: 'medium',
  access: 'workspace:mcpServers.write',
  http: { method: 'POST', path: '/v1/mcp-servers' },
  input: z.strictObject({ name, manifest: mcpManifest }),
  output: mcpServer,
  errors: ['CONFLICT', 'FORBIDDEN'],
  idempotent: true,
});
