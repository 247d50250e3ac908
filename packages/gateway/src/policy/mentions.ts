import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';

/** Type of a parameter as Cedar writes it, such as `Long` or `Set<String>`. */
type ParameterType = string;

/** The parameters that policies speak of, by name; a nested tree is a record. */
export type ParameterTree = ReadonlyMap<string, ParameterTree | ParameterType>;

/** What policies look at. Nothing else is shown to them, so it is also all that their answer can depend on. */
export interface Mentions {
  /** Attributes such as `principal.trust`; a bare `principal` stands for itself and all its attributes. */
  readonly attributes: ReadonlySet<string>;
  /** With the types that the policies compare them with. */
  readonly parameters: ParameterTree;
  /** Whether they take `context` or `context.parameters` as a whole, which cannot be checked. */
  readonly takesWhole: boolean;
}

interface Found {
  readonly attributes: Set<string>;
  readonly parameters: Map<string, Tree | ParameterType>;
  takesWhole: boolean;
}
type Tree = Map<string, Tree | ParameterType>;
type Expression = Readonly<Record<string, unknown>>;
/** An operand and the type it must have for its operator to work. */
type Operand = readonly [expression: unknown, type?: ParameterType | undefined];

export function mentionsOf(policies: readonly PolicyJson[]): Mentions {
  const found: Found = { attributes: new Set(), parameters: new Map(), takesWhole: false };
  for (const { principal, resource, conditions } of policies) {
    if (namesEntity(principal)) found.attributes.add('principal');
    if (namesEntity(resource)) found.attributes.add('resource');
    for (const { body } of conditions) visit([body, 'Bool'], found);
  }
  return found;
}

function namesEntity(constraint: PolicyJson['principal'] | PolicyJson['resource']): boolean {
  return constraint.op !== 'All' && !(constraint.op === 'is' && constraint.in === undefined);
}

function visit([expression, type]: Operand, found: Found): void {
  if (!isExpression(expression)) return;
  const path = pathOf(expression);
  if (path) note(found, path, type);
  else for (const operand of operandsOf(expression, found)) visit(operand, found);
}

function note(found: Found, path: readonly string[], type?: ParameterType): void {
  const [variable = '', attribute, ...rest] = path;
  if (variable === 'action') return;
  const isParameter = variable === 'context' && attribute === 'parameters';
  if (variable === 'context' && (attribute === undefined || (isParameter && rest.length === 0))) {
    found.takesWhole = true;
  } else if (isParameter) {
    addParameter(found.parameters, rest, type);
  } else {
    found.attributes.add(attribute === undefined ? variable : `${variable}.${attribute}`);
  }
}

const UNTYPED = '';

function addParameter(
  tree: Tree,
  [name = '', ...rest]: readonly string[],
  type: ParameterType = UNTYPED,
): void {
  const known = tree.get(name);
  if (rest.length > 0) {
    const subtree: Tree = known instanceof Map ? known : new Map();
    tree.set(name, subtree);
    addParameter(subtree, rest, type);
  } else if (known === undefined || known === UNTYPED) {
    tree.set(name, type);
  }
}

/** `context.parameters.amount` as its parts; undefined for anything but attributes of a variable. */
function pathOf(expression: unknown): readonly string[] | undefined {
  if (!isExpression(expression)) return undefined;
  if (typeof expression.Var === 'string') return [expression.Var];
  const access = expression['.'];
  if (!isExpression(access)) return undefined;
  const path = pathOf(access.left);
  return path && [...path, String(access.attr)];
}

const comparisons = ['<', '<=', '>', '>=', '+', '-', '*'];
const decimalMethods = ['lessThan', 'lessThanOrEqual', 'greaterThan', 'greaterThanOrEqual'];

function operandsOf(expression: Expression, found: Found): readonly Operand[] {
  const [entry] = Object.entries(expression);
  if (!entry) return [];
  const [operator, operands] = entry;
  return operator === 'has' && isExpression(operands) ? testedBy(operands, found) : typed(operator, operands);
}

// `has` looks at an attribute without giving it a type; after anything but a variable there is nothing to note.
function testedBy({ left, attr }: Expression, found: Found): readonly Operand[] {
  const path = pathOf(left);
  if (!path) return [[left]];
  const tested = [...path, ...[attr].flat().map(String)];
  if (tested.join('.') !== 'context.parameters') note(found, tested);
  return [];
}

function typed(operator: string, operands: unknown): readonly Operand[] {
  if (Array.isArray(operands)) {
    const type = decimalMethods.includes(operator) ? 'decimal' : undefined;
    return operands.map((operand) => [operand, type]);
  }
  if (!isExpression(operands)) return [];
  const { left, right, arg } = operands;
  const both = (type?: ParameterType): Operand[] => [
    [left, type],
    [right, type],
  ];
  if (comparisons.includes(operator)) return both('Long');
  switch (operator) {
    case 'Value':
      return [];
    case '&&':
    case '||':
      return both('Bool');
    case '==':
    case '!=':
      return both(typeOf(left) ?? typeOf(right) ?? 'String');
    case 'like':
      return [[left, 'String']];
    case 'contains':
      return [
        [left, `Set<${typeOf(right) ?? 'String'}>`],
        [right, elementTypeOf(left)],
      ];
    case 'containsAll':
    case 'containsAny':
      return both(`Set<${elementTypeOf(left) ?? elementTypeOf(right) ?? 'String'}>`);
    case 'isEmpty':
      return [[arg, 'Set<String>']];
    case '!':
      return [[arg, 'Bool']];
    case 'neg':
      return [[arg, 'Long']];
    default:
      return Object.values(operands).map((operand) => [operand]);
  }
}

function typeOf(expression: unknown): ParameterType | undefined {
  if (!isExpression(expression)) return undefined;
  if ('decimal' in expression) return 'decimal';
  switch (typeof expression.Value) {
    case 'string':
      return 'String';
    case 'number':
      return 'Long';
    case 'boolean':
      return 'Bool';
    default:
      return undefined;
  }
}

function elementTypeOf(expression: unknown): ParameterType | undefined {
  if (!isExpression(expression) || !Array.isArray(expression.Set)) return undefined;
  return typeOf(expression.Set[0]) ?? 'String';
}

function isExpression(value: unknown): value is Expression {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
