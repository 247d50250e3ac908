import { BonafideError } from '@bonafide/core/errors';
import type { ActivePolicy } from '../stores/decisions.ts';
import type { Reader } from '../stores/store.ts';
import type { Cedar } from './cedar.ts';
import { compileSet, type PolicySet, readPolicies } from './compile.ts';
import { defaultPolicies } from './defaults.ts';

/** A set with the version of the workspace's own policies in it; 0 when it has none. */
interface VersionedSet {
  readonly set: PolicySet;
  readonly version: number;
}

interface Compiled {
  readonly set: PolicySet;
  readonly isEmpty: boolean;
}

/** The policies of every workspace, each text parsed once and kept while it is in use. */
interface PolicySets {
  of(reader: Reader): SetsInForce;
  /** As if the text were in force, until the next candidate. */
  ofCandidate(cedar: string): PolicySet;
}

interface SetsInForce {
  readonly enforced: VersionedSet;
  /** What is tried out beside it, if anything is. */
  readonly shadow: VersionedSet | undefined;
}

const MAX_SETS = 200;

// The engine keeps parsed sets by name for the whole process, so no two gateways in it may use the same names.
let slots = 0;
const newSlot = (): string => `set-${slots++}`;

export function createPolicySets(cedar: Cedar, operatorPolicy: string): PolicySets {
  const common = [
    ...readPolicies(cedar, { text: defaultPolicies, source: 'default' }),
    ...readPolicies(cedar, { text: operatorPolicy, source: 'operator' }),
  ];
  const compileWith = (text: string, slot: string): PolicySet => {
    const policies = [...common, ...readPolicies(cedar, { text, source: 'workspace' })];
    return compileSet(cedar, { policies, slot });
  };
  const base = compileWith('', newSlot());
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

  function setOf(reader: Reader, { revision, version }: ActivePolicy): Compiled & VersionedSet {
    const known = compiled.get(revision) ?? compile(reader, version);
    compiled.delete(revision);
    compiled.set(revision, known);
    return { ...known, version };
  }

  return {
    // Which revision is active is read each time, in the same snapshot as everything else: a text is never stale.
    of(reader) {
      const active = reader.tables.policies.listActive(reader.workspace);
      const [enforced, shadow] = (['enforce', 'shadow'] as const).map((mode) => {
        const head = active.find((each) => each.mode === mode);
        return head && setOf(reader, head);
      });
      return {
        enforced: enforced ?? { set: base, version: 0 },
        shadow: shadow?.isEmpty ? undefined : shadow,
      };
    },
    ofCandidate: (text) => compileWith(text, candidateSlot),
  };
}
