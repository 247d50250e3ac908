import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLinearizable, type Operation } from './linearizability.ts';
import { type KvInput, type KvOutput, type KvState, kvModel } from './linearizability-kv.ts';

type KvOperation = Operation<KvInput, KvOutput>;

/** An operation from one time to another. */
const op = (calledAt: number, at: number, [input, output]: [KvInput, KvOutput]): KvOperation => ({
  input,
  calledAt,
  answer: { output, at },
});
/** One whose answer never came. */
const lost = (calledAt: number, input: KvInput): KvOperation => ({ input, calledAt });

const get: KvInput = { kind: 'get' };
const put = (value: unknown, ifVersion?: number): KvInput => ({
  ...{ kind: 'put', value },
  ...(ifVersion === undefined ? {} : { ifVersion }),
});
const add = (by = 1): KvInput => ({ kind: 'increment', by });
const remove: KvInput = { kind: 'delete' };
const got = (value: unknown, version: number): KvOutput => ({ kind: 'got', value, version });
const written = (version: number, value?: unknown): KvOutput => ({ kind: 'written', version, value });
const missing: KvOutput = { kind: 'missing' };
const conflict = (version?: number): KvOutput => ({
  kind: 'conflict',
  ...(version === undefined ? {} : { version }),
});
const deleted = (isDeleted = true): KvOutput => ({ kind: 'deleted', isDeleted });

const check = (...operations: KvOperation[]) => isLinearizable(kvModel, operations);

describe('the checker accepts', () => {
  it('nothing, and what happened one after the other', () => {
    expect(check()).toBe(true);
    expect(
      check(
        op(0, 1, [get, missing]),
        op(2, 3, [put('a', 0), written(1)]),
        op(4, 5, [put('b', 0), conflict(1)]),
        op(6, 7, [add(), conflict()]),
        op(8, 9, [remove, deleted()]),
        op(10, 11, [remove, deleted(false)]),
        op(12, 13, [add(5), written(7, 5)]),
        op(14, 15, [get, got(5, 7)]),
      ),
    ).toBe(true);
  });

  it('operations at once in an order that explains the answers', () => {
    expect(
      check(
        op(0, 10, [put('a'), written(2)]),
        op(0, 10, [put('b'), written(1)]),
        op(11, 12, [get, got('a', 2)]),
      ),
    ).toBe(true);
    expect(
      check(op(0, 9, [put('a'), written(1)]), op(1, 2, [get, missing]), op(3, 4, [get, got('a', 1)])),
    ).toBe(true);
  });

  it('an operation without an answer, whether it happened at once, late or never', () => {
    const first = op(0, 1, [put('a'), written(1)]);
    expect(check(first, lost(2, put('b')), op(3, 4, [get, got('b', 2)]))).toBe(true);
    expect(check(first, lost(2, put('b')), op(3, 4, [get, got('a', 1)]), op(5, 6, [get, got('b', 2)]))).toBe(
      true,
    );
    expect(check(first, lost(2, put('b')), op(3, 4, [get, got('a', 1)]), op(5, 6, [add(), conflict()]))).toBe(
      true,
    );
    expect(check(first, lost(2, remove), lost(3, add(4)), op(4, 5, [get, got(4, 12)]))).toBe(true);
    expect(check(first, lost(2, put('c', 1)), op(3, 4, [put('d', 2), written(3)]))).toBe(true);
  });
});

describe('the checker catches', () => {
  const first = op(0, 1, [put('a'), written(1)]);

  it('a stale read', () => {
    expect(check(first, op(2, 3, [put('b'), written(2)]), op(4, 5, [get, got('a', 1)]))).toBe(false);
    expect(check(first, op(2, 3, [get, missing]))).toBe(false);
  });

  it('a read that goes back in time during one write', () => {
    const write = op(2, 9, [put('b'), written(2)]);
    expect(check(first, write, op(3, 4, [get, got('b', 2)]), op(5, 6, [get, got('a', 1)]))).toBe(false);
  });

  it('a lost update', () => {
    expect(check(first, op(2, 6, [put('b', 1), written(2)]), op(3, 7, [put('c', 1), written(2)]))).toBe(
      false,
    );
    expect(check(op(0, 1, [add(), written(1, 1)]), op(2, 3, [add(), written(2, 1)]))).toBe(false);
    expect(check(op(0, 1, [add(), written(1, 1)]), op(2, 3, [get, missing]))).toBe(false);
  });

  it('an increment that happened twice', () => {
    expect(check(op(0, 1, [add(), written(1, 1)]), op(2, 3, [get, got(2, 2)]))).toBe(false);
    expect(check(op(0, 1, [add(), written(1, 1)]), lost(2, add()), op(3, 4, [get, got(3, 3)]))).toBe(false);
  });

  it('two halves that each go on alone', () => {
    const [left, right] = [op(2, 3, [put('b'), written(2)]), op(4, 5, [put('c'), written(2)])];
    expect(check(first, left, right)).toBe(false);
    expect(check(first, left, op(4, 5, [get, got('b', 2)]), op(6, 7, [get, got('a', 1)]))).toBe(false);
  });

  it('a refusal without a reason, a version that comes twice, and a deletion that came back', () => {
    expect(check(first, op(2, 3, [put('b', 1), conflict(1)]))).toBe(false);
    expect(check(first, op(2, 3, [put('b', 1), conflict()]))).toBe(false);
    expect(check(first, op(2, 3, [add(), written(2, 1)]))).toBe(false);
    expect(check(first, op(2, 3, [remove, deleted()]), op(4, 5, [put('a'), written(2)]))).toBe(false);
    expect(check(first, op(2, 3, [remove, deleted()]), op(4, 5, [get, got('a', 1)]))).toBe(false);
    expect(check(first, op(2, 3, [remove, deleted(false)]))).toBe(false);
  });

  it('an effect before its call', () => {
    expect(check(op(0, 1, [get, got('a', 1)]), lost(2, put('a')))).toBe(false);
  });
});

/** A correct server, with operations that overlap: each takes effect somewhere between its call and its answer. */
const history = fc
  .array(
    fc.record({
      input: fc.oneof(
        fc.constant(get),
        fc.record({ kind: fc.constant('put' as const), value: fc.integer({ min: 0, max: 3 }) }),
        fc.record({
          kind: fc.constant('put' as const),
          value: fc.integer({ min: 0, max: 3 }),
          ifVersion: fc.integer({ min: 0, max: 6 }),
        }),
        fc.record({ kind: fc.constant('increment' as const), by: fc.constantFrom(-1, 1, 2) }),
        fc.constant(remove),
      ),
      before: fc.integer({ min: 0, max: 30 }),
      after: fc.integer({ min: 0, max: 30 }),
      isLost: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .map((plans) => {
    let state: KvState = kvModel.initial;
    return plans.map(({ input, before, after, isLost }, index): KvOperation => {
      const at = (index + 1) * 10;
      const output = runOn(state, input);
      // A lost one may never have arrived.
      if (!isLost || after % 2 === 0) state = kvModel.step(state, input, output) ?? state;
      return { input, calledAt: at - before, ...(isLost ? {} : { answer: { output, at: at + after } }) };
    });
  });

/** What the correct server answers. */
function runOn(state: KvState, input: KvInput): KvOutput {
  const version = state.isThere ? state.min : 0;
  if (input.kind === 'get') return state.isThere ? got(JSON.parse(state.value), version) : missing;
  if ('ifVersion' in input && input.ifVersion !== version) return conflict(version);
  if (input.kind === 'delete') return deleted(state.isThere);
  return written(state.isThere ? version + 1 : state.floor + 1);
}

describe('histories of a correct server', () => {
  it('are accepted, however its operations overlap and whatever was lost', () => {
    fc.assert(fc.property(history, (operations) => check(...operations)));
  });

  it('are refused once an answer is changed to what never was', () => {
    const changed = fc
      .tuple(history, fc.nat())
      .filter(([operations]) => operations.some(({ answer }) => answer));
    fc.assert(
      fc.property(changed, ([operations, pick]) => {
        const answers = operations.filter(({ answer }) => answer);
        const victim = answers[pick % answers.length];
        const bad = operations.map((each) =>
          each === victim ? op(each.calledAt, each.answer?.at ?? 0, [get, got('never written', 1)]) : each,
        );
        return !check(...bad);
      }),
    );
  });

  it('of thousands of operations are checked at once', () => {
    const operations = Array.from({ length: 3000 }, (_, index) =>
      op(index * 10, index * 10 + 35, [add(), written(index + 1, index + 1)]),
    );
    expect(check(...operations)).toBe(true);
    expect(check(...operations, op(40_000, 40_001, [get, got(2999, 2999)]))).toBe(false);
  });
});
