import { BonafideError } from '@bonafide/core/errors';
import { type Cedar, type Instance, loadCedar } from './cedar.ts';
import { lintPolicies, requireCleanPolicies } from './lint.ts';
import { createPolicySets, type PolicySets } from './sets.ts';

/** An instance of Cedar and what was parsed for it. */
export interface Engine {
  readonly cedar: Cedar;
  readonly sets: PolicySets;
}

interface EngineOptions {
  readonly operatorPolicy: string;
  readonly load?: () => Instance;
  /** Told what ended an instance. */
  readonly onEnd: (error: unknown) => void;
}

/** The engine that decides. An instance that ends is thrown away, and the question is put to a new one, once. */
export interface HealingEngine {
  /** INTERNAL when the question ends the new one too. */
  ask<Output>(work: (engine: Engine) => Output): Output;
}

/** VALIDATION_FAILED when the operator's policies have errors. */
export function createEngine({ operatorPolicy, load = loadCedar, onEnd }: EngineOptions): HealingEngine {
  let running: (Engine & Pick<Instance, 'isSound'>) | undefined;

  function start(): NonNullable<typeof running> {
    try {
      const { cedar, isSound } = load();
      // Checking types for the first time makes a gateway start a third later: not for nothing.
      if (operatorPolicy.trim() !== '') requireCleanPolicies(lintPolicies(cedar, operatorPolicy), 'policy');
      running = { cedar, isSound, sets: createPolicySets(cedar, operatorPolicy) };
      return running;
    } catch (cause) {
      if (BonafideError.is(cause)) throw cause;
      throw new BonafideError('INTERNAL', 'The policy engine does not start.', { cause });
    }
  }

  function attempt<Output>(work: (engine: Engine) => Output): { output: Output } | { end: unknown } {
    const engine = running ?? start();
    try {
      return { output: work(engine) };
    } catch (error) {
      if (engine.isSound()) throw error;
      running = undefined;
      onEnd(error);
      return { end: error };
    }
  }

  start();
  return {
    ask(work) {
      const first = attempt(work);
      if ('output' in first) return first.output;
      const second = attempt(work);
      if ('output' in second) return second.output;
      throw new BonafideError('INTERNAL', 'The policy engine ended twice at the same question.', {
        cause: second.end,
      });
    },
  };
}
