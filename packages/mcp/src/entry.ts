import {
  inputSchemaOf,
  isQuery,
  namesOf,
  type Offer,
  type Operation,
  outputSchemaOf,
} from '@bonafide/core/operations';
import type { Tool } from '@modelcontextprotocol/server';

/** An operation as MCP lists it, with what decides whether it is offered: plain data, so a bundle can carry it ready-made. */
export interface ToolEntry extends Offer {
  readonly tool: Tool;
}

/** The tool of one operation; names, schemas and annotations all derive from it. */
export function toEntry(operation: Operation): ToolEntry {
  const { id, kind, risk, toolset, isDefaultTool } = operation;
  const tool = {
    name: namesOf(operation).tool,
    title: operation.summary,
    description: operation.description,
    inputSchema: inputSchemaOf(operation),
    outputSchema: outputSchemaOf(operation),
    annotations: {
      readOnlyHint: isQuery(operation),
      destructiveHint: risk === 'high' || risk === 'critical',
      idempotentHint: operation.idempotent,
      // All but governance shows or changes what belongs to strangers.
      openWorldHint: toolset !== 'governance',
    },
  };
  // Plain JSON on both sides; only the SDK's type wants it mutable.
  const entry = { id, kind, risk, tool: tool as unknown as Tool };
  return { ...entry, ...(toolset && { toolset }), ...(isDefaultTool && { isDefaultTool }) };
}
