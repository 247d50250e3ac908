import type { Invoker } from '@bonafide/core';
import { BonafideError } from '@bonafide/core/errors';
import { explainError, findOperation } from '@bonafide/core/operations';
import { toProblem } from '@bonafide/core/problem';
import type { CallToolResult } from '@modelcontextprotocol/server';

/** Calls an operation by id and gives its answer, or what went wrong and what to do about it, as a tool result. */
export async function callOperation(
  invoker: Invoker,
  id: string,
  { input, signal }: { input: unknown; signal: AbortSignal },
): Promise<CallToolResult> {
  try {
    const operation = findOperation(id);
    if (!operation) throw new BonafideError('UNSUPPORTED', `There is no operation '${id}'.`);
    const output = await invoker.invoke(operation, input, { signal });
    return {
      content: [{ type: 'text', text: JSON.stringify(output) }],
      structuredContent: output as Record<string, unknown>,
    };
  } catch (error) {
    return toErrorResult(BonafideError.from(error));
  }
}

/** An error as a tool result that a model can act on; the problem document is for programs. */
export function toErrorResult(error: BonafideError): CallToolResult {
  return {
    isError: true,
    content: [{ type: 'text', text: explainError(error) }],
    _meta: { 'bonafide/problem': toProblem(error) },
  };
}
