import { z } from 'zod';
import { id } from '../../models/common.ts';
import { mcpServer } from '../../models/mcp-server.ts';
import { defineLocalOperation } from '../define.ts';

export const checkMcpDrift = defineLocalOperation({
  id: 'mcpServers.checkDrift',
  summary: 'Ask a registered MCP server again and compare',
  description:
    'Starts or calls the server, compares its tools and its command with what is pinned, and reports what differs. Drift raises an alert and may hold back its actions until a person approves the change.',
  risk: 'low',
  input: z.strictObject({
    serverId: id,
    env: z.record(z.string().max(200), z.string().max(10_000)).optional(),
    headers: z.record(z.string().max(200), z.string().max(10_000)).optional(),
    command: z
      .string()
      .min(1)
      .max(1000)
      .optional()
      .meta({ description: 'How it is started now, where that changed' }),
    args: z.array(z.string().max(2000)).max(100).optional(),
    url: z.string().min(1).max(2000).optional(),
    cwd: z.string().max(4000).optional().meta({ description: 'Folder to start it in' }),
    variables: z.record(z.string().max(200), z.string().max(10_000)).optional().meta({
      description: 'What the dollar references of the other fields stand for; the names are pinned',
    }),
    timeoutMs: z.int().min(1).max(600_000).optional().meta({ description: 'To wait for it; default 60000' }),
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
