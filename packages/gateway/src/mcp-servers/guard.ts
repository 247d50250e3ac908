import { canonicalName } from '../glob.ts';
import type { Reader } from '../stores/store.ts';

/** The MCP server that a resource such as `mcp:files/read_file` belongs to, if any; names of servers are in small letters. */
export function mcpServerOf(resource: string | undefined): string | undefined {
  // Every decision asks: resources of other kinds cost no more than this.
  if (resource === undefined || !/^mcp:/i.test(resource)) return undefined;
  return /^mcp:([^/]+)/.exec(canonicalName(resource))?.[1];
}

/** The name of the drifted MCP server that a resource belongs to, if any. */
export function driftedServerOf(reader: Reader, resource: string | undefined): string | undefined {
  const name = mcpServerOf(resource);
  if (name === undefined) return undefined;
  const status = reader.tables.mcpServers.getStatusByName(reader.workspace, name);
  return status === 'drifted' ? name : undefined;
}
