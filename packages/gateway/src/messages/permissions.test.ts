import { type Address, principalType } from '@bonafide/core/models';
import { describe, expect, it } from 'vitest';
import { assertMaySend, maySend } from './permissions.ts';

const targets = [
  ...['agent', 'task', 'pooled-task', 'pool', 'user', 'user-workspace', 'user-windows', 'all-agents'],
  ...['all-users', 'events', 'workflow-engine', 'metrics', 'metrics-bridge', 'progress', 'service'],
  ...['any-service', 'bridge', 'orchestrator'],
] as readonly Address['type'][];

/** One column per target above, in its order. */
const expected: Readonly<Record<string, string>> = {
  agent: 'yyyyyynyyyyyynyyyy',
  task: 'yyyyyynyyyyyynyyyy',
  'pooled-task': 'yyyyyynyyyyyynyyyy',
  user: 'yyyyyynyynnnnnyyyn',
  orchestrator: 'yyyynnnnnnnnnnnnnn',
  'workflow-engine': 'yyyyyyyyyyyyyyyyyy',
  'metrics-bridge': 'nnnnnnnnnnnnnnnnnn',
  service: 'yyyyyyyyyyyyyyyyyy',
  bridge: 'yyyyyyyyyyyyyyyyyy',
};

describe('the permission matrix', () => {
  it.each(principalType.options)('says of %s to whom it sends', (sender) => {
    const row = targets.map((target) => (maySend(sender, target) ? 'y' : 'n')).join('');
    expect(row).toBe(expected[sender]);
  });

  it('refuses with the types of both', () => {
    expect(() => assertMaySend('user', 'events')).toThrow('Principals of type user send nothing to events');
    expect(() => assertMaySend('agent', 'events')).not.toThrow();
  });
});
