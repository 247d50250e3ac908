import type { DatabaseSync } from 'node:sqlite';
import type { McpServerTables } from '../../mcp-servers.ts';

export function mcpServerTables(_database: DatabaseSync): McpServerTables {
  return {};
}
