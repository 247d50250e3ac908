import type { Model } from './linearizability.ts';

/** One operation on one key. */
export type KvInput =
  | { readonly kind: 'get' }
  | { readonly kind: 'put'; readonly value: unknown; readonly ifVersion?: number }
  | { readonly kind: 'increment'; readonly by: number }
  | { readonly kind: 'delete'; readonly ifVersion?: number };

/** What was answered; `conflict` with the version that is there. */
export type KvOutput =
  | { readonly kind: 'got'; readonly value: unknown; readonly version: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'written'; readonly version: number; readonly value?: unknown }
  | { readonly kind: 'deleted'; readonly isDeleted: boolean }
  | { readonly kind: 'conflict'; readonly version?: number };

/** What is known of the version: it is one number once an answer named it. */
interface Versions {
  readonly min: number;
  readonly max: number;
}

/** Versions of a key that is not there are above the one that its end had. */
export type KvState =
  | ({ readonly isThere: true; readonly value: string } & Versions)
  | { readonly isThere: false; readonly floor: number };

/**
 * A key with versions: each write of a key that is there adds exactly one, and a key that is made again goes on above the
 * version that its end had. How far above is the server's business, so it is taken from the first answer that says it.
 */
export const kvModel: Model<KvInput, KvOutput, KvState> = {
  initial: { isThere: false, floor: 0 },
  keyOf: (state) => (state.isThere ? `${state.min} ${state.max} ${state.value}` : `- ${state.floor}`),
  step: (state, input, output) =>
    output === undefined ? unseen(state, input) : answered(state, { input, output }),
};

/** What it changed if it happened, which only later answers can tell. */
function unseen(state: KvState, input: KvInput): KvState | undefined {
  const before = input.kind === 'get' ? undefined : ifWanted(state, input);
  if (!before) return undefined;
  if (input.kind === 'delete') return before.isThere ? afterDelete(before) : undefined;
  const value = valueAfter(before, input);
  if (value === undefined) return undefined;
  if (!before.isThere) return { isThere: true, value, min: before.floor + 1, max: Number.POSITIVE_INFINITY };
  return { isThere: true, value, min: before.min + 1, max: before.max + 1 };
}

function answered(
  state: KvState,
  { input, output }: { readonly input: KvInput; readonly output: KvOutput },
): KvState | undefined {
  if (output.kind === 'conflict') return refused(state, input, output.version);
  if (output.kind === 'missing') return input.kind === 'get' && !state.isThere ? state : undefined;
  if (output.kind === 'got') {
    const isSame = input.kind === 'get' && state.isThere && state.value === JSON.stringify(output.value);
    return isSame ? withVersion(state, output.version) : undefined;
  }
  const before = ifWanted(state, input);
  if (!before) return undefined;
  if (output.kind === 'written') return afterWrite(before, { input, output });
  if (input.kind !== 'delete' || before.isThere !== output.isDeleted) return undefined;
  return before.isThere ? afterDelete(before) : before;
}

function afterWrite(
  before: KvState,
  { input, output }: { readonly input: KvInput; readonly output: KvOutput & { readonly kind: 'written' } },
): KvState | undefined {
  const value = valueAfter(before, input);
  const { version, value: told } = output;
  if (value === undefined || (told !== undefined && JSON.stringify(told) !== value)) return undefined;
  const isNext = before.isThere ? withVersion(before, version - 1) !== undefined : version > before.floor;
  return isNext ? { isThere: true, value, min: version, max: version } : undefined;
}

function afterDelete({ min }: Versions): KvState {
  return { isThere: false, floor: min + 1 };
}

/** Nothing changed, for a reason: another version, or no number to add to. */
function refused(state: KvState, input: KvInput, version: number | undefined): KvState | undefined {
  if (input.kind === 'increment') return valueAfter(state, input) === undefined ? state : undefined;
  const wanted = wantedBy(input);
  if (wanted === undefined || version === wanted) return undefined;
  if (version !== undefined) return withVersion(state, version);
  const isCertainlyWanted = state.isThere ? state.min === wanted && state.max === wanted : wanted === 0;
  return isCertainlyWanted ? undefined : state;
}

/** The state in which the operation is not refused for its version, when there is one. */
function ifWanted(state: KvState, input: KvInput): KvState | undefined {
  const wanted = wantedBy(input);
  return wanted === undefined ? state : withVersion(state, wanted);
}

function wantedBy(input: KvInput): number | undefined {
  return 'ifVersion' in input ? input.ifVersion : undefined;
}

/** What is known once the version is; undefined when it cannot be that one. A key that is not there has version 0. */
function withVersion(state: KvState, version: number): KvState | undefined {
  if (!state.isThere) return version === 0 ? state : undefined;
  if (version < state.min || version > state.max) return undefined;
  return { ...state, min: version, max: version };
}

function valueAfter(state: KvState, input: KvInput): string | undefined {
  if (input.kind === 'put') return JSON.stringify(input.value);
  if (input.kind !== 'increment') return undefined;
  const before: unknown = state.isThere ? JSON.parse(state.value) : 0;
  return typeof before === 'number' ? String(before + input.by) : undefined;
}
