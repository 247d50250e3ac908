import type { Invoker } from '@bonafide/core';
import type { ToolSelection } from '@bonafide/core/operations';
import type { Server } from '@modelcontextprotocol/server';
import { callOperation } from './call-operation.ts';
import { catalog } from './catalog.ts';
import { createToolServer } from './tool-server.ts';

/**
 * An MCP server (SDK v2, both protocol eras) whose tools are the operations of an agent; connect it to any transport.
 * Without a selection it offers the default tools.
 */
export function createMcpServer(invoker: Invoker, selection: ToolSelection = {}): Server {
  return createToolServer(catalog, {
    selection,
    callTool: (id, input, signal) => callOperation(invoker, id, { input, signal }),
  });
}
