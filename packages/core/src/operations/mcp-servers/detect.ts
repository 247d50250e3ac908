import { z } from 'zod';
import { discoveredServer, discoveryProblem } from '../../models/mcp-server.ts';
import { defineLocalOperation } from '../define.ts';

export const detectMcpServers = defineLocalOperation({
  id: 'mcpServers.detect',
  summary: 'Find the MCP servers configured on this machine',
  description:
    'Reads the configuration files of Claude Desktop, Claude Code, Cursor, VS Code, Windsurf and Codex, or of one file. Values of variables and headers are left out. It starts nothing and grants nothing; next mcpServers.register.',
  risk: 'none',
  input: z.strictObject({
    configPath: z.string().max(4000).optional().meta({ description: 'Only this file' }),
  }),
  output: z.object({
    servers: z.array(discoveredServer),
    problems: z.array(discoveryProblem),
  }),
  errors: ['UNSUPPORTED', 'NOT_FOUND'],
  idempotent: true,
  isKeyless: true,
});
