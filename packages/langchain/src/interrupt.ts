import type { ActionRequest, Agent, Grant } from '@bonafide/core';
import { BonafideError, VerificationError } from '@bonafide/core/errors';
import { digestOf } from '@bonafide/core/identity';
import type { Action } from '@bonafide/core/models';
import type { HITLRequest, ToolCallRequest } from 'langchain';

/** What the interrupt mode needs of an agent. */
export type Interrupter = Pick<Agent, 'authorize' | 'actions' | 'redeem'>;

/**
 * The value of the guard's interrupts: that of LangChain's `humanInTheLoopMiddleware`, and what `approvals.decide` needs to
 * answer the question where it counts.
 */
export interface ApprovalInterrupt extends HITLRequest {
  readonly bonafide: Pick<Action, 'actionId' | 'approvalId' | 'parametersDigest' | 'risk' | 'reason'>;
}

type Args = Record<string, unknown>;

interface Pause {
  readonly call: ToolCallRequest;
  readonly toRequest: (args: Args) => ActionRequest;
}

/**
 * The grant for a tool call, interrupting the graph while a person must decide. LangGraph runs the node again on resume, in
 * this process or another: the key of the question is made of the node's own task, so the same question is found again.
 * A resume value permits nothing; it says when to look at the gateway's decision, rejects, or asks for other arguments.
 */
export async function interruptForApproval(
  agent: Interrupter,
  { call, toRequest }: Pause,
): Promise<{ readonly grant: Grant; readonly args: Args }> {
  const { toolCall, runtime } = call;
  const { signal } = runtime;
  let args: Args = structuredClone(toolCall.args);
  for (;;) {
    const request = toRequest(args);
    const asked = await agent.actions.verify(request as VerifyInput, {
      idempotencyKey: questionKey(call, request),
      signal,
    });
    const isDecided = asked.status !== 'pending' || (await answered(agent, { asked, call, args }));
    if (isDecided === true) {
      const { actionId } = asked;
      return { grant: await agent.redeem({ actionId, parameters: args }, { signal }), args };
    }
    args = isDecided.args;
  }
}

type VerifyInput = NonNullable<Parameters<Agent['actions']['verify']>[0]>;

interface Asked {
  readonly asked: Action;
  readonly call: ToolCallRequest;
  readonly args: Args;
}

/** True once the gateway has a decision, or the arguments to ask for instead. */
async function answered(
  agent: Interrupter,
  { asked, call, args }: Asked,
): Promise<true | { readonly args: Args }> {
  const { toolCall, runtime } = call;
  for (;;) {
    const answer = readAnswer(interrupt(call, toInterrupt(toolCall.name, { asked, args })));
    if (answer.type === 'reject') throw rejected(asked, answer.message);
    if (answer.type === 'edit') return { args: readEdit(answer.editedAction, { asked, call }) };
    const { status } = await agent.actions.get({ actionId: asked.actionId }, { signal: runtime.signal });
    if (status !== 'pending') return true;
  }
}

/** The task is the same when its node runs again, and no other; so a question is neither asked twice nor shared. */
function questionKey({ toolCall, runtime }: ToolCallRequest, request: ActionRequest): string {
  const { thread_id: thread = null, checkpoint_ns: task = null } = runtime.configurable ?? {};
  if (typeof task !== 'string') {
    throw new BonafideError('UNSUPPORTED', "approval: 'interrupt' works in a LangGraph run only.");
  }
  return `langgraph:${digestOf({ thread, task, call: toolCall.id ?? null, request })}`;
}

function interrupt({ runtime }: ToolCallRequest, value: ApprovalInterrupt): unknown {
  if (runtime.interrupt) return runtime.interrupt(value);
  throw new BonafideError('UNSUPPORTED', "approval: 'interrupt' works in a LangGraph run only.");
}

function toInterrupt(
  name: string,
  { asked, args }: { readonly asked: Action; readonly args: Args },
): ApprovalInterrupt {
  const { actionId, approvalId, parametersDigest, risk, reason } = asked;
  const description = `${asked.action} (${risk} risk) needs an approval: ${reason}`;
  return {
    actionRequests: [{ name, args, description }],
    reviewConfigs: [{ actionName: name, allowedDecisions: ['approve', 'edit', 'reject'] }],
    bonafide: {
      actionId,
      risk,
      reason,
      parametersDigest,
      ...(approvalId === undefined ? {} : { approvalId }),
    },
  };
}

type Answer =
  | { readonly type: 'look' }
  | { readonly type: 'reject'; readonly message: string }
  | { readonly type: 'edit'; readonly editedAction: unknown };

/** Anything but a rejection or an edit only means: look again. */
function readAnswer(resume: unknown): Answer {
  const decisions = isRecord(resume) && Array.isArray(resume.decisions) ? resume.decisions : [];
  const decision: unknown = decisions[0];
  if (!isRecord(decision)) return { type: 'look' };
  const { type, message, editedAction } = decision;
  if (type === 'edit') return { type, editedAction };
  if (type !== 'reject') return { type: 'look' };
  return { type, message: typeof message === 'string' ? message : 'It was rejected.' };
}

function readEdit(
  edited: unknown,
  { asked, call }: { readonly asked: Action; readonly call: ToolCallRequest },
): Args {
  const { name } = call.toolCall;
  if (isRecord(edited) && edited.name === name && isRecord(edited.args)) return structuredClone(edited.args);
  throw rejected(asked, `An edit keeps the tool '${name}' and gives its arguments as an object.`);
}

function rejected({ actionId }: Action, reason: string): VerificationError {
  return new VerificationError(reason, { details: { actionId, reason } });
}

function isRecord(value: unknown): value is Args {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
