import { BonafideError } from '@bonafide/core/errors';
import type { Policy } from '@bonafide/core/models';
import type { Reader } from '../stores/store.ts';
import type { Cedar } from './cedar.ts';
import { compileSet, type PolicySet } from './compile.ts';
import { defaultPolicies } from './defaults.ts';

/** A set with the version of the workspace's own policies in it; 0 when it has none. */
export interface VersionedSet {
  readonly set: PolicySet;
  readonly version: number;
}

/** The policies of every workspace, each text parsed once and kept while it is in use. */
export interface PolicySets {
  inForce(reader: Reader): VersionedSet;
  /** What is tried out beside them, if anything is. */
  inShadow(reader: Reader): VersionedSet | undefined;
  /** As if the text were in force, until the next candidate. */
  ofCandidate(cedar: string): PolicySet;
}

const MAX_SETS = 200;

// The engine keeps parsed sets by name for the whole process, so no two gateways in it may use the same names.
let slots = 0;
const newSlot = (): string => `set-${slots++}`;

export function createPolicySets(cedar: Cedar, operatorPolicy: string): PolicySets {
  const common = { default: defaultPolicies, operator: operatorPolicy };
  const base = compileSet(cedar, { texts: common, slot: newSlot() });
  const candidateSlot = newSlot();
  const compiled = new Map<string, { readonly set: PolicySet; readonly isEmpty: boolean }>();

  // Once there are many, the set not used for longest makes room and leaves its slot.
  function slotForOneMore(): string {
    if (compiled.size < MAX_SETS) return newSlot();
    for (const [revision, { set }] of compiled) {
      compiled.delete(revision);
      return set.slot;
    }
    return newSlot();
  }

  function compile({ tables, workspace }: Reader, version: number) {
    const policy = tables.policies.get(workspace, version);
    if (!policy) throw new BonafideError('INTERNAL', 'The policies in force are missing.');
    const texts = { ...common, workspace: policy.cedar };
    return { set: compileSet(cedar, { texts, slot: slotForOneMore() }), isEmpty: policy.cedar.trim() === '' };
  }

  // Which revision is active is read each time, in the same snapshot as everything else: a text is never stale.
  function active(reader: Reader, mode: Policy['mode']) {
    const head = reader.tables.policies.listActive(reader.workspace).find((each) => each.mode === mode);
    if (!head) return undefined;
    const known = compiled.get(head.revision) ?? compile(reader, head.version);
    compiled.delete(head.revision);
    compiled.set(head.revision, known);
    return { ...known, version: head.version };
  }

  return {
    inForce: (reader) => active(reader, 'enforce') ?? { set: base, version: 0 },
    inShadow(reader) {
      const shadow = active(reader, 'shadow');
      return shadow?.isEmpty ? undefined : shadow;
    },
    ofCandidate: (text) => compileSet(cedar, { texts: { ...common, workspace: text }, slot: candidateSlot }),
  };
}
