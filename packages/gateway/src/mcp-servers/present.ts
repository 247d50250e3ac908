import { digestOfTool } from '@bonafide/core/identity';
import type { McpServer } from '@bonafide/core/models';
import type { StoredMcpServer } from '../stores/mcp-servers.ts';
import type { Reader } from '../stores/store.ts';
import { confidenceOf } from './confidence.ts';

/** A server as the wire has it, with the pinned tools and how sure we are. */
export function presentServer(
  reader: Reader,
  { server, nowMs }: { server: StoredMcpServer; nowMs: number },
): McpServer {
  const { pinned, seen: _, driftedBy: __, ...rest } = server;
  const { transport, serverName, serverVersion, tools } = pinned;
  return {
    ...rest,
    ...{ transport, serverName, serverVersion, drift: [...server.drift] },
    tools: tools.map((tool) => ({
      ...{ name: tool.name, description: tool.description },
      digest: digestOfTool(tool),
    })),
    confidence: confidenceOf(reader, { server, nowMs }),
  };
}

/** The same without descriptions: five hundred tools of a hundred servers make a long list. */
export function summarizeServer(
  reader: Reader,
  options: { server: StoredMcpServer; nowMs: number },
): McpServer {
  const server = presentServer(reader, options);
  return { ...server, tools: server.tools.map(({ name, digest }) => ({ name, digest })) };
}
