import type { Grant } from '@bonafide/core';
import { BonafideError } from '@bonafide/core/errors';
import { BaseCallbackHandler } from '@langchain/core/callbacks/base';
import type { Serialized } from '@langchain/core/load/serializable';
import { ToolMessage } from '@langchain/core/messages';
import { type Authorizer, DEFAULT_TIMEOUT_MS, type ToolRules, toActionRequest } from './action-request.ts';

export interface CallbackHandlerOptions extends ToolRules {
  /** How long a call waits for a person before it is refused; default five minutes. */
  readonly timeoutMs?: number;
  /** Told when a tool has run but its outcome could not be reported; default a process warning. */
  readonly onWarning?: (error: BonafideError) => void;
}

/**
 * Asks before every tool it sees and reports how it ended; a denied tool does not run. It sees only what runs with these
 * callbacks: where the agent is yours, `createGuardMiddleware` is the gate that nothing goes around.
 */
export class BonafideCallbackHandler extends BaseCallbackHandler {
  readonly name = 'BonafideCallbackHandler';
  // Both are needed: without either LangChain runs the tool although its start was refused.
  override raiseError: boolean = true;
  override awaitHandlers: boolean = true;

  readonly #agent: Authorizer;
  readonly #options: CallbackHandlerOptions;
  readonly #grants: Map<string, Grant> = new Map();

  constructor(agent: Authorizer, options: CallbackHandlerOptions = {}) {
    super();
    this.#agent = agent;
    this.#options = options;
  }

  /** Throws, which keeps the tool from running, unless the gateway permits it. */
  override async handleToolStart(
    _tool: Serialized,
    input: string,
    runId: string,
    ...[, , , runName = 'unnamed-tool']: [string?, string[]?, Record<string, unknown>?, string?]
  ): Promise<void> {
    const { exclude = [], timeoutMs = DEFAULT_TIMEOUT_MS } = this.#options;
    if (exclude.includes(runName)) return;
    const request = toActionRequest(this.#options, runName, toParameters(input));
    this.#grants.set(runId, await this.#agent.authorize(request, { timeoutMs }));
  }

  override async handleToolEnd(output: unknown, runId: string): Promise<void> {
    const isFailure = ToolMessage.isInstance(output) && output.status === 'error';
    await this.#report(runId, isFailure ? { error: output.text } : {});
  }

  override async handleToolError(error: unknown, runId: string): Promise<void> {
    await this.#report(runId, { error });
  }

  /** Never throws: a tool that ran must not look like one that failed. */
  async #report(runId: string, outcome: Parameters<Grant['complete']>[0]): Promise<void> {
    const grant = this.#grants.get(runId);
    if (!grant) return;
    this.#grants.delete(runId);
    try {
      await grant.complete(outcome);
    } catch (cause) {
      const { actionId } = grant;
      const message = `Action ${actionId} has ended, but its outcome could not be reported.`;
      const { onWarning = warn } = this.#options;
      onWarning(new BonafideError('UNAVAILABLE', message, { cause, details: { actionId } }));
    }
  }
}

function warn({ message, name, code }: BonafideError): void {
  globalThis.process?.emitWarning(message, { type: name, code });
}

function toParameters(input: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(input);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
    return { input: value };
  } catch {
    return { input };
  }
}
