import { z } from 'zod';
import { id } from '../../models/common.ts';
import { mcpServer } from '../../models/mcp-server.ts';
import { defineOperation } from '../define.ts';

export const attestMcpServer = defineOperation({
  id: 'mcpServers.attest',
  summary: 'Vouch for what an MCP server offers',
  description:
    'Signs and stores that the calling agent saw the server offer exactly the tools of the digest. Attestations of several agents make the confidence of the server; each counts for 30 days.',
  risk: 'low',
  access: 'workspace:mcpServers.write',
  http: { method: 'POST', path: '/v1/mcp-servers/{serverId}/attest' },
  input: z.strictObject({
    serverId: id,
    toolsDigest: z.string().max(64),
    envelope: z
      .string()
      .max(4000)
      .meta({ description: 'Signed envelope of type mcp.attestation, JSON text' }),
  }),
  output: mcpServer,
  errors: ['NOT_FOUND', 'CONFLICT', 'FORBIDDEN', 'SIGNATURE_INVALID'],
  idempotent: true,
});
