import { expect, it } from 'vitest';
import { type Instance, loadCedar } from './cedar.ts';
import { createEngine, type Engine } from './engine.ts';
import { evaluate } from './evaluate.ts';

/** Deeper than the engine's stack: what the bounds keep out. */
const deep = `forbid (principal, action, resource) when { ${'('.repeat(5000)}true${')'.repeat(5000)} };`;

const facts = {
  ...{
    agentId: 'a',
    agentName: 'a',
    agentType: 'ai_agent',
    trust: 1,
    capabilities: [],
    hasCapability: false,
  },
  ...{ action: 'reports.read', target: undefined, mcpServer: undefined, parameters: {}, approved: false },
} as const;
const permits = ({ cedar, sets }: Engine) =>
  evaluate(cedar, { set: sets.ofCandidate(''), asked: { ...facts, risk: 'low' } }).isPermitted;

function open() {
  const loaded: Instance[] = [];
  const ends: unknown[] = [];
  const engine = createEngine({
    operatorPolicy: '',
    load() {
      const instance = loadCedar();
      loaded.push(instance);
      return instance;
    },
    onEnd: (error) => ends.push(error),
  });
  return { engine, loaded, ends };
}

it('an instance that ended for good shows why there must be another', () => {
  const { cedar, isSound } = loadCedar();
  expect(() => cedar.policySetTextToParts(deep)).toThrow();
  expect(() => cedar.policySetTextToParts('')).toThrow();
  expect(isSound()).toBe(false);
  expect(loadCedar().cedar.policySetTextToParts('').type).toBe('success');
});

it('a question that finds the engine ended is answered by a new one', () => {
  const { engine, loaded, ends } = open();
  expect(engine.ask(permits)).toBe(true);
  expect(() => loaded[0]?.cedar.policySetTextToParts(deep)).toThrow();
  expect(engine.ask(permits)).toBe(true);
  expect(engine.ask(permits)).toBe(true);
  expect([loaded.length, ends.length]).toEqual([2, 1]);
});

it('a question that ends the engine twice is given up, and the next is answered', () => {
  const { engine, loaded, ends } = open();
  expect(() => engine.ask(({ sets }) => sets.ofCandidate(deep))).toThrow(
    expect.objectContaining({ code: 'INTERNAL', cause: expect.any(Error) }),
  );
  expect(engine.ask(permits)).toBe(true);
  expect([loaded.length, ends.length]).toEqual([3, 2]);
});

it('an error that is not the engine’s costs no instance', () => {
  const { engine, loaded } = open();
  const fail = () => {
    throw new Error('the disk is full');
  };
  expect(() => engine.ask(fail)).toThrow('the disk is full');
  expect(() => engine.ask(({ sets }) => sets.ofCandidate('permit ('))).toThrow('cannot be read');
  expect([engine.ask(permits), loaded.length]).toEqual([true, 1]);
});
