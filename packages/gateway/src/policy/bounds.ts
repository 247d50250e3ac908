import type { PolicyIssue } from '@bonafide/core/models';

// The engine recurses over a policy on a stack of fixed size, and does not survive its end: some hundred brackets in one
// another, from anybody who may lint, would stop every decision of the gateway. So nothing deep ever reaches it.
const limits = {
  nesting: 20,
  tokens: 1500,
  accesses: 10,
  'if expressions': 10,
  conditions: 20,
  negations: 4,
} as const;
const MAX_POLICIES = 500;

type Measure = keyof typeof limits;
type Counts = Record<Measure, number>;

// Strings and comments first, so that nothing inside them counts.
const TOKEN = /"(?:[^"\\]|\\[\s\S])*"?|\/\/[^\n\r]*|[\p{L}\p{N}_]+|\s+|[\s\S]/gu;

/** Where a text is larger or deeper than the engine is asked to read; undefined when it is not. */
export function findExcess(
  text: string,
): (Pick<PolicyIssue, 'message'> & { readonly index: number }) | undefined {
  let counts = zero();
  let policies = 1;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === ';') {
      counts = zero();
      policies += 1;
    }
    if (policies > MAX_POLICIES + 1) return { message: `More than ${MAX_POLICIES} policies.`, index };
    count(counts, token);
    const exceeded = (Object.keys(limits) as Measure[]).find((each) => counts[each] > limits[each]);
    if (exceeded)
      return { message: `Too deep or too long: more than ${limits[exceeded]} ${exceeded}.`, index };
  }
  return undefined;
}

function zero(): Counts {
  return { nesting: 0, tokens: 0, accesses: 0, 'if expressions': 0, conditions: 0, negations: 0 };
}

function count(counts: Counts, token: string): void {
  if (/^(\s|\/\/)/.test(token)) return;
  counts.tokens += 1;
  if ('([{'.includes(token)) counts.nesting += 1;
  if (')]}'.includes(token)) counts.nesting -= 1;
  if (token === 'if') counts['if expressions'] += 1;
  if (token === 'when' || token === 'unless') counts.conditions += 1;
  counts.negations = token === '!' || token === '-' ? counts.negations + 1 : 0;
  // `.a.b` and `["a"]["b"]`; methods chain with brackets between, which end no run.
  if (token === '.' || token === '[') counts.accesses += 1;
  else if (!/^[\p{L}\p{N}_"()\]]/u.test(token)) counts.accesses = 0;
}
