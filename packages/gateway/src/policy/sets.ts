import { BonafideError } from '@bonafide/core/errors';
import type { ActivePolicy } from '../stores/decisions.ts';
import type { Reader } from '../stores/store.ts';
import type { Cedar } from './cedar.ts';
import { compileSet, type PolicySet, readPolicies } from './compile.ts';
import { defaultPolicies } from './defaults.ts';

interface Compiled {
  readonly set: PolicySet;
  readonly isEmpty: boolean;
}

/** The policies of every workspace, each text parsed once and kept while it is in use. */
export interface PolicySets {
  /** What holds with a version of the workspace's own policies; without one, what holds everywhere. */
  of(reader: Reader, head: ActivePolicy | undefined): Compiled;
  /** As if the text were in force, until the next candidate. */
  ofCandidate(cedar: string): PolicySet;
}

/** The versions in force in a workspace. */
export interface Heads {
  readonly enforced: ActivePolicy | undefined;
  /** What is tried out beside it. */
  readonly shadow: ActivePolicy | undefined;
}

/** Read each time, in the same snapshot as everything else: a text is never stale. */
export function headsOf({ tables, workspace }: Reader): Heads {
  const active = tables.policies.listActive(workspace);
  const [enforced, shadow] = (['enforce', 'shadow'] as const).map((mode) =>
    active.find((each) => each.mode === mode),
  );
  return { enforced, shadow };
}

const MAX_SETS = 200;

export function createPolicySets(cedar: Cedar, operatorPolicy: string): PolicySets {
  const common = [
    ...readPolicies(cedar, { text: defaultPolicies, source: 'default' }),
    ...readPolicies(cedar, { text: operatorPolicy, source: 'operator' }),
  ];
  const compileWith = (text: string, slot: string): PolicySet => {
    const policies = [...common, ...readPolicies(cedar, { text, source: 'workspace' })];
    return compileSet(cedar, { policies, slot });
  };
  let slots = 0;
  const newSlot = (): string => `set-${slots++}`;
  const base: Compiled = { set: compileWith('', newSlot()), isEmpty: true };
  const candidateSlot = newSlot();
  const compiled = new Map<string, Compiled>();

  // Once there are many, the set not used for longest makes room and leaves its slot.
  function slotForOneMore(): string {
    if (compiled.size < MAX_SETS) return newSlot();
    for (const [revision, { set }] of compiled) {
      compiled.delete(revision);
      return set.slot;
    }
    return newSlot();
  }

  function compile({ tables, workspace }: Reader, version: number): Compiled {
    const policy = tables.policies.get(workspace, version);
    if (!policy) throw new BonafideError('INTERNAL', 'The policies in force are missing.');
    return { set: compileWith(policy.cedar, slotForOneMore()), isEmpty: policy.cedar.trim() === '' };
  }

  return {
    of(reader, head) {
      if (!head) return base;
      const known = compiled.get(head.revision) ?? compile(reader, head.version);
      compiled.delete(head.revision);
      compiled.set(head.revision, known);
      return known;
    },
    ofCandidate: (text) => compileWith(text, candidateSlot),
  };
}
