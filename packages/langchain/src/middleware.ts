import type { ActionRequest, Agent, Grant } from '@bonafide/core';
import { BonafideError } from '@bonafide/core/errors';
import type { Risk } from '@bonafide/core/models';
import { explainError } from '@bonafide/core/operations';
import { toProblem } from '@bonafide/core/problem';
import { ToolMessage } from '@langchain/core/messages';
import {
  type AgentMiddleware,
  createMiddleware,
  type ToolCallHandler,
  type ToolCallRequest,
} from 'langchain';
import { OperationTool } from './tool.ts';

const DEFAULT_TIMEOUT_MS = 5 * 60_000;
const MAX_REASON_LENGTH = 500;

/** How one tool is named and weighed when the gateway is asked. */
export interface GuardedAction {
  readonly action?: string;
  readonly risk?: Risk;
}

export interface GuardOptions {
  /** Risk of a tool that `actions` does not name; default `medium`. The gateway may raise it, never lower it. */
  readonly risk?: Risk;
  /** By tool name; a tool that is not named asks under its own name. */
  readonly actions?: Readonly<Record<string, GuardedAction>>;
  /** Names of tools that run without asking. */
  readonly exclude?: readonly string[];
  /** How long a call waits for a person before it is refused; default five minutes. */
  readonly timeoutMs?: number;
}

type Authorizer = Pick<Agent, 'authorize'>;
type Result = Awaited<ReturnType<ToolCallHandler>>;

/**
 * A gate in front of every tool of a LangChain agent except the toolkit's own, which the gateway checks itself. A tool
 * runs once, with exactly the arguments that were allowed, and its outcome is reported; denied, expired or without a
 * gateway it does not run. Put it last in `middleware`, so that nothing changes the arguments after it.
 */
export function createGuardMiddleware(agent: Authorizer, options: GuardOptions = {}): AgentMiddleware {
  const excluded = new Set(options.exclude);
  return createMiddleware({
    name: 'BonafideGuard',
    wrapToolCall: (request, handler) =>
      request.tool instanceof OperationTool || excluded.has(request.toolCall.name)
        ? handler(request)
        : guardedCall(agent, options, { request, handler }),
  });
}

interface ToolRun {
  readonly request: ToolCallRequest;
  readonly handler: ToolCallHandler;
}

async function guardedCall(
  agent: Authorizer,
  options: GuardOptions,
  { request, handler }: ToolRun,
): Promise<Result> {
  // Two copies: neither the caller's state nor the tool can change what was asked for after it was asked.
  const parameters = structuredClone(request.toolCall.args);
  const toolCall = { ...request.toolCall, args: structuredClone(parameters) };
  const { signal } = request.runtime;
  let grant: Grant;
  try {
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    grant = await agent.authorize(actionRequest(options, toolCall.name, parameters), { timeoutMs, signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    return refusal(toolCall, BonafideError.from(error));
  }
  return runOnce(grant, () => handler({ ...request, toolCall }));
}

function actionRequest(
  options: GuardOptions,
  toolName: string,
  parameters: Record<string, unknown>,
): ActionRequest {
  const named =
    options.actions && Object.hasOwn(options.actions, toolName) ? options.actions[toolName] : undefined;
  return {
    action: named?.action ?? toolName,
    parameters,
    risk: named?.risk ?? options.risk ?? 'medium',
  };
}

async function runOnce(grant: Grant, run: () => ReturnType<ToolCallHandler>): Promise<Result> {
  let result: Result;
  try {
    result = await run();
  } catch (error) {
    await report(grant, { error });
    throw error;
  }
  if (!ToolMessage.isInstance(result)) {
    await report(grant, {});
    return result;
  }
  const isFailure = result.status === 'error';
  const recorded = await report(grant, isFailure ? { error: result.text.slice(0, MAX_REASON_LENGTH) } : {});
  result.response_metadata = {
    ...result.response_metadata,
    bonafide: { actionId: grant.actionId, ...recorded },
  };
  return result;
}

/** The tool has run by now, so a report that fails must not look like a tool that failed: the caller would run it again. */
async function report(
  grant: Grant,
  outcome: { error?: unknown },
): Promise<{ isRecorded: boolean; code?: string }> {
  try {
    await grant.complete('error' in outcome ? { error: outcome.error } : {});
    return { isRecorded: true };
  } catch (error) {
    return { isRecorded: false, code: BonafideError.from(error).code };
  }
}

function refusal(toolCall: ToolCallRequest['toolCall'], error: BonafideError): ToolMessage {
  return new ToolMessage({
    status: 'error',
    content: `${toolCall.name} did not run. ${explainError(error)}`,
    artifact: toProblem(error),
    name: toolCall.name,
    tool_call_id: toolCall.id ?? '',
  });
}
