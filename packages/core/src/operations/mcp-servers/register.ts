import { z } from 'zod';
import { name } from '../../models/common.ts';
import { mcpServer } from '../../models/mcp-server.ts';
import { defineLocalOperation } from '../define.ts';

export const registerMcpServer = defineLocalOperation({
  id: 'mcpServers.register',
  summary: 'Ask an MCP server what it offers, and pin it',
  description:
    'Starts or calls the server, lists its tools over MCP and pins a hash of them in the gateway. Values of env and headers go to the server only. Registering the same again returns the same server; one that has changed is a CONFLICT, to be looked at with mcpServers.checkDrift.',
  risk: 'low',
  input: z.strictObject({
    name,
    command: z.string().min(1).max(1000).optional(),
    args: z.array(z.string().max(2000)).max(100).optional(),
    env: z.record(z.string().max(200), z.string().max(10_000)).optional(),
    url: z.string().min(1).max(2000).optional(),
    headers: z.record(z.string().max(200), z.string().max(10_000)).optional(),
    cwd: z.string().max(4000).optional().meta({ description: 'Folder to start it in' }),
    variables: z.record(z.string().max(200), z.string().max(10_000)).optional().meta({
      description: 'What the dollar references of the other fields stand for; the names are pinned',
    }),
    timeoutMs: z.int().min(1).max(600_000).optional().meta({ description: 'To wait for it; default 60000' }),
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
