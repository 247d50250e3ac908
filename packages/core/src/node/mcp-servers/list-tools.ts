import type { Client } from '@modelcontextprotocol/client';
import { BonafideError } from '../../errors.ts';
import { canonicalize } from '../../identity/canonical.ts';
import { type McpTool, mcpTool } from '../../models/mcp-server.ts';

const MAX_TOOLS = 500;
const MAX_PAGES = 100;
const MAX_CHARACTERS = 1024 * 1024;

/** All tools of a server, page by page and within bounds. */
export async function listTools(
  client: Client,
  options: { readonly signal: AbortSignal; readonly timeout: number },
): Promise<McpTool[]> {
  if (!client.getServerCapabilities()?.tools) return [];
  const tools: McpTool[] = [];
  const names = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const result = await client.request({ method: 'tools/list', params }, options);
    assertFits(tools.length + result.tools.length <= MAX_TOOLS, `more than ${MAX_TOOLS} tools`);
    tools.push(...result.tools.map(readTool));
    for (const { name } of result.tools) names.add(name);
    assertSane(names.size === tools.length, 'It lists two tools of one name.');
    if (result.nextCursor === undefined) return assertSize(tools);
    cursor = result.nextCursor;
  }
  throw tooLarge(`more than ${MAX_PAGES} pages of tools`);
}

function readTool({
  name,
  description,
  inputSchema,
}: {
  name: string;
  description?: string | undefined;
  inputSchema: object;
}): McpTool {
  const parsed = mcpTool.safeParse({
    name,
    ...(description === undefined ? {} : { description }),
    inputSchema,
  });
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.');
    throw new BonafideError('VALIDATION_FAILED', `A tool of the server has no proper ${field}.`);
  }
  // Refuses what cannot be hashed, such as half a surrogate pair.
  canonicalize(parsed.data);
  return parsed.data;
}

function assertSize(tools: McpTool[]): McpTool[] {
  assertFits(JSON.stringify(tools).length <= MAX_CHARACTERS, 'more than 1 MiB of tools');
  return tools;
}

function assertFits(fits: boolean, what: string): void {
  if (!fits) throw tooLarge(what);
}

function assertSane(isSane: boolean, message: string): void {
  if (!isSane) throw new BonafideError('VALIDATION_FAILED', message);
}

function tooLarge(what: string): BonafideError {
  return new BonafideError('PAYLOAD_TOO_LARGE', `The server offers ${what}. Register one that offers less.`);
}
