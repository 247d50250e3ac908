import { expect, it } from 'vitest';
import { viewOf } from './views.ts';

const ruleOf = (ruleId: string, level: number) => ({
  ...{ ruleId, level, principalType: 'agent', principalId: 'ag::a::*', resourceType: 'kv', resourceId: '*' },
});

it('says in a line which rule decided, and over which others', () => {
  const [first, second] = [ruleOf('r1', 10), ruleOf('r2', 30)];
  const output = { level: 10, decidedBy: 'rule', rule: first, considered: [first, second] };
  expect(viewOf('acl.explain', output)).toEqual({
    ...{ level: 10, decidedBy: 'rule', rule: '10 for agent ag::a::* on kv * (r1)' },
    over: ['30 for agent ag::a::* on kv * (r2)'],
  });
  const fallback = { level: 20, decidedBy: 'fallback', considered: [] };
  expect(viewOf('acl.explain', fallback)).toEqual({ level: 20, decidedBy: 'fallback' });
});
