import type { Reader } from '../stores/store.ts';

/** The name of the drifted MCP server that a resource such as `mcp:files/read_file` belongs to, if any. */
export function driftedServerOf(_reader: Reader, _resource: string | undefined): string | undefined {
  return undefined;
}
