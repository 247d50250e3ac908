import type { McpTool } from '../models/mcp-server.ts';
import { digestOf } from './canonical.ts';

/** SHA-256 of what a model reads of one tool, as canonical JSON; base64url. */
export function digestOfTool({ name, description, inputSchema }: McpTool): string {
  return digestOf({ name, ...(description === undefined ? {} : { description }), inputSchema });
}

/** SHA-256 of the tools of an MCP server, whatever order it lists them in: canonical JSON, sorted by name; base64url. */
export function digestOfTools(tools: readonly McpTool[]): string {
  const canonical = tools
    .map(({ name, description, inputSchema }) => ({
      name,
      ...(description === undefined ? {} : { description }),
      inputSchema,
    }))
    .toSorted((a, b) => compareCodeUnits(a.name, b.name));
  return digestOf(canonical);
}

// As RFC 8785 sorts keys: the same in every locale.
function compareCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
