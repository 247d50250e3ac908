import { ValidationError } from '@bonafide/core/errors';
import { type ASTNode, Environment, EvaluationError } from '@marcbachmann/cel-js';
import type { JsonObject } from '../json.ts';

/** What a condition and a template see as `event`. */
export interface RuleEvent {
  readonly type: string;
  /** Address of the sender, stamped by the gateway. */
  readonly source: string;
  readonly workspace: string;
  readonly data: JsonObject;
}

export type Verdict = { readonly isMatch: boolean; readonly reason: string };
export type Condition = (event: RuleEvent) => Verdict;

/** Macros whose result is no larger than what they look at; the others could be chained until memory ends. */
const MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter']);
const FORBIDDEN: ReadonlySet<string> = new Set(['map', 'matches']);
/** With a macro a condition looks at pairs of values at worst, so there may not be many. */
const MAX_VALUES = 1000;
const MAX_DATA_LENGTH = 65_536;

const environment = new Environment({
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 128, maxDepth: 16, maxListElements: 64, maxMapEntries: 16, maxCallArguments: 8 },
}).registerVariable('event', 'dyn');

/** Compiles a condition in CEL; VALIDATION_FAILED with the place of the mistake. Its cost is bounded by its own size and limits. */
export function compileCondition(text: string): Condition {
  const evaluate = parse(text);
  const hasMacro = assertBounded(evaluate.ast, { isInMacro: false });
  const { valid, type, error } = evaluate.check();
  if (!valid) throw invalid(error?.message ?? 'it does not check');
  if (type !== 'bool' && type !== 'dyn') throw invalid(`it is a ${type}, not a bool`);
  return (event) => {
    const tooMuch = whyTooMuch(event, hasMacro);
    if (tooMuch !== undefined) return { isMatch: false, reason: tooMuch };
    try {
      const result: unknown = evaluate({ event });
      return result === true
        ? { isMatch: true, reason: 'The condition holds.' }
        : { isMatch: false, reason: 'The condition does not hold.' };
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      return { isMatch: false, reason: `The condition cannot be told: ${error.summary}.` };
    }
  };
}

function parse(text: string): ReturnType<Environment['parse']> {
  try {
    return environment.parse(text);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}

/** Whether there is a macro; refuses what could cost more than the product of the condition and the event. */
function assertBounded(node: ASTNode, { isInMacro }: { readonly isInMacro: boolean }): boolean {
  const name = node.op === 'rcall' || node.op === 'call' ? node.args[0] : '';
  if (FORBIDDEN.has(name)) throw invalid(`${name} is not available; it could take forever`);
  const isMacro = node.op === 'rcall' && MACROS.has(name);
  if (isMacro && isInMacro) throw invalid(`${name} cannot be used inside another one`);
  const inside = { isInMacro: isInMacro || isMacro };
  return childrenOf(node.args).reduce((found, child) => assertBounded(child, inside) || found, isMacro);
}

function childrenOf(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return isNode(args) ? [args] : [];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function whyTooMuch({ data }: RuleEvent, hasMacro: boolean): string | undefined {
  if (JSON.stringify(data).length > MAX_DATA_LENGTH) {
    return `Conditions look at events of at most ${MAX_DATA_LENGTH} characters.`;
  }
  if (hasMacro && countValues(data) > MAX_VALUES) {
    return `Conditions with all, exists or filter look at events of at most ${MAX_VALUES} values.`;
  }
  return undefined;
}

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((count, each) => count + countValues(each), 1);
}

function invalid(why: string): ValidationError {
  return new ValidationError('The condition of the rule is not valid CEL.', {
    issues: [{ path: 'on.condition', message: why }],
  });
}
