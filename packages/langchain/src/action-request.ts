import type { ActionRequest, Agent } from '@bonafide/core';
import type { Risk } from '@bonafide/core/models';

/** How one tool is named and weighed when the gateway is asked. */
export interface GuardedAction {
  readonly action?: string;
  readonly risk?: Risk;
}

/** Which tools ask, and as what. */
export interface ToolRules {
  /** Risk of a tool that `actions` does not name; default `medium`. The gateway may raise it, never lower it. */
  readonly risk?: Risk;
  /** By tool name; a tool that is not named asks under its own name. */
  readonly actions?: Readonly<Record<string, GuardedAction>>;
  /** Names of tools that run without asking. */
  readonly exclude?: readonly string[];
}

export type Authorizer = Pick<Agent, 'authorize'>;

export const DEFAULT_TIMEOUT_MS: number = 5 * 60_000;

export function toActionRequest(
  { actions, risk }: ToolRules,
  toolName: string,
  parameters: Record<string, unknown>,
): ActionRequest {
  const named = actions && Object.hasOwn(actions, toolName) ? actions[toolName] : undefined;
  return { action: named?.action ?? toolName, parameters, risk: named?.risk ?? risk ?? 'medium' };
}
