import type { Reader } from '../stores/store.ts';

const PREFIX = 'mcp:';

/** The name of the drifted MCP server that a resource such as `mcp:files/read_file` belongs to, if any. */
export function driftedServerOf(reader: Reader, resource: string | undefined): string | undefined {
  // Every decision asks: resources of other kinds cost no query.
  if (!resource?.startsWith(PREFIX)) return undefined;
  const name = resource.slice(PREFIX.length).split('/', 1)[0] ?? '';
  const status = reader.tables.mcpServers.getStatusByName(reader.workspace, name);
  return status === 'drifted' ? name : undefined;
}
