import type { AclRule } from '@bonafide/core/models';

type Rule = Pick<
  AclRule,
  'ruleId' | 'principalType' | 'principalId' | 'resourceType' | 'resourceId' | 'level'
>;

/**
 * The order in which rules decide, the one that decides first. It is total, so that the same rules always decide the same:
 *
 * 1. exact principal and exact resource, then exact principal, then exact resource, then patterns for both;
 * 2. patterns with more literal characters before those with fewer: the resource's and the principal's together;
 * 3. one type of principal before all types;
 * 4. the lowest level first, so that a denial wins among equals;
 * 5. the oldest first, which changes no level.
 */
export function compareRules(one: Rule, other: Rule): number {
  return (
    kindOf(other) - kindOf(one) ||
    literalLength(other) - literalLength(one) ||
    Number(one.principalType === '*') - Number(other.principalType === '*') ||
    one.level - other.level ||
    (one.ruleId < other.ruleId ? -1 : Number(one.ruleId > other.ruleId))
  );
}

/** Whether the text stands for itself alone. */
export function isExact(pattern: string): boolean {
  return !pattern.includes('*');
}

function kindOf({ principalId, resourceId }: Rule): number {
  return Number(isExact(principalId)) * 2 + Number(isExact(resourceId));
}

// What is exact counts the same however long: an agent's id is longer than its address, but says no more.
function literalLength({ principalId, resourceId }: Rule): number {
  const lengths = [principalId, resourceId].filter((text) => !isExact(text));
  return lengths.reduce((sum, pattern) => sum + pattern.replaceAll('*', '').length, 0);
}
