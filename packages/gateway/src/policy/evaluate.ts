import { BonafideError } from '@bonafide/core/errors';
import type { Risk } from '@bonafide/core/models';
import type {
  AuthorizationAnswer,
  CedarValueJson,
  EntityJson,
  StatefulAuthorizationCall,
} from '@cedar-policy/cedar-wasm/nodejs';
import { canonicalName } from '../glob.ts';
import type { JsonObject } from '../json.ts';
import type { Cedar } from './cedar.ts';
import type { PolicySet, SourcedPolicy, Verdict } from './compile.ts';
import { pickParameters } from './parameters.ts';

/** Everything a policy can see, but for risk and approval. */
export interface Facts {
  readonly agentId: string;
  readonly agentName: string;
  readonly agentType: string;
  readonly trust: number;
  /** Patterns of the granted capabilities. */
  readonly capabilities: readonly string[];
  readonly hasCapability: boolean;
  readonly action: string;
  readonly target: string | undefined;
  readonly mcpServer: string | undefined;
  readonly parameters: JsonObject;
}

/** A question as policies get it. */
interface Asked extends Facts {
  readonly risk: Risk;
  readonly approved: boolean;
}

/** Longer questions are not kept: parameters may be of any size. */
const MAX_REMEMBERED = 4096;

/** Asks a set; only what its policies mention is shown to them, so an equal request has an equal answer. */
export function evaluate(cedar: Cedar, { set, asked }: { set: PolicySet; asked: Asked }): Verdict {
  const request = requestOf(set, asked);
  const key = JSON.stringify(request);
  const ask = () => toVerdict(set, cedar.statefulIsAuthorized(toCall(set, request)));
  return key.length > MAX_REMEMBERED ? ask() : set.remember(key, ask);
}

type Attributes = Record<string, CedarValueJson>;

interface Request {
  readonly principal: { readonly id: string; readonly attrs: Attributes };
  readonly resource: { readonly id: string; readonly attrs: Attributes };
  readonly context: Attributes;
}

/** Stands in for an id that no policy looks at. */
const ANY = 'any';

function requestOf({ mentions }: PolicySet, asked: Asked): Request {
  const { attributes, parameters } = mentions;
  const name = canonicalName(asked.action);
  const show = (variable: string, all: Record<string, () => CedarValueJson | undefined>): Attributes => {
    const shown: Attributes = {};
    for (const [attribute, read] of Object.entries(all)) {
      if (!attributes.has(variable) && !attributes.has(`${variable}.${attribute}`)) continue;
      const value = read();
      if (value !== undefined) shown[attribute] = value;
    }
    return shown;
  };
  return {
    principal: {
      id: attributes.has('principal') ? asked.agentId : ANY,
      attrs: show('principal', {
        name: () => asked.agentName,
        agentType: () => asked.agentType,
        trust: () => ({ __extn: { fn: 'decimal', arg: asked.trust.toFixed(4) } }),
        capabilities: () => [...asked.capabilities],
      }),
    },
    resource: {
      id: attributes.has('resource') ? name : ANY,
      attrs: show('resource', {
        name: () => name,
        target: () => asked.target,
        mcpServer: () => asked.mcpServer,
      }),
    },
    context: {
      ...show('context', {
        risk: () => asked.risk,
        approved: () => asked.approved,
        hasCapability: () => asked.hasCapability,
      }),
      ...(parameters.size > 0 ? { parameters: pickParameters(parameters, asked.parameters) } : {}),
    },
  };
}

const ACTION = { type: 'Action', id: 'run' };

function toCall({ slot }: PolicySet, { principal, resource, context }: Request): StatefulAuthorizationCall {
  const agent = { type: 'Agent', id: principal.id };
  const operation = { type: 'Operation', id: resource.id };
  const entities: EntityJson[] = [
    { uid: agent, attrs: principal.attrs, parents: [] },
    { uid: operation, attrs: resource.attrs, parents: [] },
  ];
  return {
    ...{ principal: agent, action: ACTION, resource: operation, entities },
    // Always there, so that `context has parameters` holds.
    context: { parameters: {}, ...context },
    preparsedPolicySetId: slot,
  };
}

function toVerdict({ policies }: PolicySet, answer: AuthorizationAnswer): Verdict {
  if (answer.type === 'failure') {
    throw new BonafideError('INTERNAL', `The policies could not be asked: ${answer.errors[0]?.message}`);
  }
  const find = (id: string): SourcedPolicy[] => [policies.get(id) ?? []].flat();
  const { decision, diagnostics } = answer.response;
  const failures = diagnostics.errors.flatMap(({ policyId, error }) =>
    find(policyId).map((policy) => ({ policy, message: error.message })),
  );
  const failedForbids = failures.map(({ policy }) => policy).filter(({ effect }) => effect === 'forbid');
  const isPermitted = decision === 'allow' && failedForbids.length === 0;
  const determining = diagnostics.reason
    .flatMap(find)
    .filter(({ effect }) => isPermitted || effect === 'forbid');
  return { isPermitted, determinedBy: [...failedForbids, ...determining].sort(bySource), failures };
}

const order = { workspace: 0, operator: 1, default: 2 } as const;

function bySource(a: SourcedPolicy, b: SourcedPolicy): number {
  return order[a.source] - order[b.source] || (a.id < b.id ? -1 : 1);
}
