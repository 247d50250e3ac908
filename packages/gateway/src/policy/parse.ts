import type { DetailedError, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Cedar } from './cedar.ts';

/** Who wrote a policy. */
export type PolicySource = 'default' | 'operator' | 'workspace';

/** One policy of a text. */
export interface NamedPolicy {
  /** Its @id; `policy3` for the third without one. */
  readonly id: string;
  readonly hasId: boolean;
  readonly effect: 'permit' | 'forbid';
  /** Its @reason, which reaches the caller. */
  readonly reason: string | undefined;
  readonly text: string;
  readonly json: PolicyJson;
}

type Parsed =
  | { readonly policies: readonly NamedPolicy[]; readonly templates: number }
  | { readonly errors: readonly DetailedError[] };

/** The policies of a text in their order. */
export function parsePolicies(cedar: Cedar, text: string): Parsed {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === 'failure') return { errors: parts.errors };
  const order = engineIds(parts.policies.length);
  const policies: NamedPolicy[] = [];
  for (const [index, part] of parts.policies.entries()) {
    const answer = cedar.policyToJson(part);
    if (answer.type === 'failure') return { errors: answer.errors };
    const position = Number(order[index]?.slice('policy'.length));
    policies[position] = toNamed(part, answer.json, position);
  }
  return { policies, templates: parts.policy_templates.length };
}

/** The ids the engine gives to the policies of a text, in the order in which it lists their parts. */
function engineIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `policy${index}`).sort();
}

function toNamed(text: string, json: PolicyJson, position: number): NamedPolicy {
  const { id, reason } = json.annotations ?? {};
  const { effect } = json;
  return {
    id: id || `policy${position + 1}`,
    hasId: Boolean(id),
    effect,
    reason: reason || undefined,
    text,
    json,
  };
}
