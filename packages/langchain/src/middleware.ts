import type { Grant } from '@bonafide/core';
import { BonafideError } from '@bonafide/core/errors';
import { explainError } from '@bonafide/core/operations';
import { toProblem } from '@bonafide/core/problem';
import { ToolMessage } from '@langchain/core/messages';
import {
  type AgentMiddleware,
  createMiddleware,
  type ToolCallHandler,
  type ToolCallRequest,
} from 'langchain';
import { type Authorizer, DEFAULT_TIMEOUT_MS, type ToolRules, toActionRequest } from './action-request.ts';
import { type Interrupter, interruptForApproval } from './interrupt.ts';
import { OperationTool } from './tool.ts';

export type { GuardedAction, ToolRules } from './action-request.ts';
export type { ApprovalInterrupt } from './interrupt.ts';

const MAX_REASON_LENGTH = 500;

/** Waits inside the call while a person decides. */
export interface WaitingGuardOptions extends ToolRules {
  readonly approval?: 'wait';
  /** How long a call waits for a person before it is refused; default five minutes. */
  readonly timeoutMs?: number;
}

/** Interrupts the graph while a person decides; needs a checkpointer. */
export interface InterruptingGuardOptions extends ToolRules {
  readonly approval: 'interrupt';
}

export type GuardOptions = WaitingGuardOptions | InterruptingGuardOptions;

type Result = Awaited<ReturnType<ToolCallHandler>>;
type Permit = (call: ToolCallRequest) => Promise<{ readonly grant: Grant; readonly args: Args }>;
type Args = Record<string, unknown>;

/**
 * A gate in front of every tool of a LangChain agent except the toolkit's own, which the gateway checks itself. A tool
 * runs once, with exactly the arguments that were allowed, and its outcome is reported; denied, expired or without a
 * gateway it does not run. Put it last in `middleware`, so that nothing changes the arguments after it.
 */
export function createGuardMiddleware(agent: Authorizer, options?: WaitingGuardOptions): AgentMiddleware;
export function createGuardMiddleware(agent: Interrupter, options: GuardOptions): AgentMiddleware;
export function createGuardMiddleware(
  agent: Authorizer | Interrupter,
  options: GuardOptions = {},
): AgentMiddleware {
  const excluded = new Set(options.exclude);
  const permit = createPermit(agent, options);
  return createMiddleware({
    name: 'BonafideGuard',
    wrapToolCall: (request, handler) =>
      request.tool instanceof OperationTool || excluded.has(request.toolCall.name)
        ? handler(request)
        : guardedCall(permit, { request, handler }),
  });
}

function createPermit(agent: Authorizer | Interrupter, options: GuardOptions): Permit {
  if (options.approval === 'interrupt') {
    if (!('redeem' in agent)) {
      throw new BonafideError(
        'VALIDATION_FAILED',
        "approval: 'interrupt' needs the agent that secure() returns.",
      );
    }
    return (call) => {
      const toRequest = (args: Args) => toActionRequest(options, call.toolCall.name, args);
      return interruptForApproval(agent, { call, toRequest });
    };
  }
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  return async ({ toolCall, runtime: { signal } }) => {
    // Two copies: neither the caller's state nor the tool can change what was asked for after it was asked.
    const args: Args = structuredClone(toolCall.args);
    const request = toActionRequest(options, toolCall.name, structuredClone(args));
    return { grant: await agent.authorize(request, { timeoutMs, signal }), args };
  };
}

interface ToolRun {
  readonly request: ToolCallRequest;
  readonly handler: ToolCallHandler;
}

async function guardedCall(permit: Permit, { request, handler }: ToolRun): Promise<Result> {
  const toolCall = { ...request.toolCall };
  let permitted: Awaited<ReturnType<Permit>>;
  try {
    permitted = await permit(request);
  } catch (error) {
    // LangGraph's own must pass: an interrupt is one.
    if (request.runtime.signal?.aborted || isBubbling(error)) throw error;
    return refusal(toolCall, BonafideError.from(error));
  }
  const { grant, args } = permitted;
  return runOnce(grant, () => handler({ ...request, toolCall: { ...toolCall, args } }));
}

/** Interrupts and other signals of LangGraph, and what it says about a missing checkpointer. */
function isBubbling(error: unknown): boolean {
  return error instanceof Error && ('is_bubble_up' in error || 'lc_error_code' in error);
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
