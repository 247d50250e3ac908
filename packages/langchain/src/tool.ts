import type { Invoker } from '@bonafide/core';
import { BonafideError } from '@bonafide/core/errors';
import { explainError, inputSchemaOf, namesOf, type Operation, parseInput } from '@bonafide/core/operations';
import { toProblem } from '@bonafide/core/problem';
import { type ToolCall, ToolMessage } from '@langchain/core/messages';
import {
  DynamicStructuredTool,
  ToolInputParsingException,
  type ToolRunnableConfig,
} from '@langchain/core/tools';
import { toData } from './data.ts';

type Input = Record<string, unknown>;
type ToolResult = Awaited<ReturnType<DynamicStructuredTool['call']>>;
type Output = [content: string | ToolMessage, artifact: unknown];

/** One operation as a LangChain tool; what fails becomes a message the model can act on, never a throw. */
export class OperationTool extends DynamicStructuredTool<object, Input, Input> {
  readonly operation: Operation;

  constructor(agent: Invoker, operation: Operation) {
    super({
      name: namesOf(operation).tool,
      description: `${operation.summary}. ${operation.description}`,
      schema: inputSchemaOf(operation),
      responseFormat: 'content_and_artifact',
      metadata: { operation: operation.id, risk: operation.risk },
      func: (input, _manager, config) => runOperation(agent, operation, { input, config }),
    });
    this.operation = operation;
  }

  /** As the base class, but arguments that do not fit are explained field by field instead of thrown. */
  override async call(input: Input | ToolCall, config?: ToolRunnableConfig): Promise<ToolResult> {
    try {
      return await super.call(input, config);
    } catch (error) {
      if (!(error instanceof ToolInputParsingException)) throw error;
      return explainMisfit(this.operation, { input, config, error })[0];
    }
  }
}

interface Call {
  readonly input: unknown;
  readonly config?: ToolRunnableConfig | undefined;
}

async function runOperation(agent: Invoker, operation: Operation, { input, config }: Call): Promise<Output> {
  try {
    const output = await agent.invoke(operation, input, { signal: config?.signal });
    return [toData(output), output];
  } catch (error) {
    if (config?.signal?.aborted) throw error;
    return refusal(operation, { error: BonafideError.from(error), config });
  }
}

/** Our own schema names the fields better than LangChain's validator, which says only that something is wrong. */
function explainMisfit(operation: Operation, { input, config, error }: Call & { error: Error }): Output {
  try {
    parseInput(operation, input);
  } catch (misfit) {
    return refusal(operation, { error: BonafideError.from(misfit), config });
  }
  throw error;
}

function refusal(
  operation: Operation,
  { error, config }: Omit<Call, 'input'> & { error: BonafideError },
): Output {
  const problem = toProblem(error);
  const content = explainError(error);
  const callId = config?.toolCall?.id;
  if (callId === undefined) return [content, problem];
  const message = new ToolMessage({
    status: 'error',
    content,
    artifact: problem,
    name: namesOf(operation).tool,
    tool_call_id: callId,
  });
  return [message, problem];
}
