import type { AccessLevel, AclResourceType, PrincipalAddress, PrincipalType } from '@bonafide/core/models';
import { describe, expect, it } from 'vitest';
import type { CompiledAcl } from './compiled.ts';
import { fallbackLevel, listFallbacks } from './fallbacks.ts';

function aclWith(set: Readonly<Record<string, AccessLevel>> = {}): CompiledAcl {
  return {
    decide: () => ({ considered: [] }),
    getFallback: (principalType, resourceType) => set[`${principalType} ${resourceType}`],
  };
}

const askerOf = (type: PrincipalType, change: object = {}) => ({
  ...{ address: { type } as PrincipalAddress, isOwner: false, role: undefined, ...change },
});
const level = (
  type: AclResourceType,
  {
    id = '*',
    set,
    ...asker
  }: { id?: string; set?: Record<string, AccessLevel>; isOwner?: boolean; role?: string } = {},
) => fallbackLevel(aclWith(set), askerOf('agent', asker), { type, id });

describe('without a rule', () => {
  it.each([
    ['workspace', 'default', 20],
    ['kv', 'workspace/x', 20],
    ['kv', 'global/x', 10],
    ['kv', 'user/x', 0],
    ['kv', 'user-workspace/x', 0],
    ['service', 'sv::memory::main', 20],
    ['task', '*', 10],
    ['queue', '*', 0],
    ['admin', '*', 0],
    ['principal', 'agent', 30],
    ['principal', 'task', 30],
    ['principal', 'pooled-task', 30],
    ['principal', 'user', 30],
    ['principal', 'orchestrator', 0],
    ['principal', 'workflow-engine', 0],
    ['principal', 'metrics-bridge', 0],
    ['principal', 'service', 0],
    ['principal', 'bridge', 0],
  ] as const)('an agent has on %s %s the level %i', (type, id, expected) => {
    expect(level(type, { id })).toBe(expected);
  });

  it('an owner has everything, and a token of a member may be a service', () => {
    expect(level('queue', { isOwner: true })).toBe(50);
    expect(level('kv', { id: 'user/x', isOwner: true })).toBe(50);
    expect(level('principal', { id: 'orchestrator', isOwner: true })).toBe(50);
    expect(level('principal', { id: 'service', role: 'member' })).toBe(30);
    expect(level('principal', { id: 'bridge', role: 'member' })).toBe(0);
  });

  it('what was set holds, but opens neither the keys of users nor more than reading of global ones', () => {
    const set = { 'agent kv': 50, 'agent queue': 30, 'task kv': 0, 'agent principal': 0 } as const;
    expect(level('kv', { id: 'workspace/x', set })).toBe(50);
    expect(level('kv', { id: 'global/x', set })).toBe(10);
    expect(level('kv', { id: 'user/x', set })).toBe(0);
    expect(level('queue', { set })).toBe(30);
    expect(level('principal', { id: 'agent', set })).toBe(30);
    expect(level('kv', { id: 'global/x', set: { 'agent kv': 0 } })).toBe(0);
  });

  it('lists every type of principal on every type of resource, with what somebody set', () => {
    const listed = listFallbacks(aclWith({ 'agent queue': 30 }));
    expect(listed).toHaveLength(9 * 7);
    expect(listed.filter(({ isDefault }) => !isDefault)).toEqual([
      { principalType: 'agent', resourceType: 'queue', level: 30, isDefault: false },
    ]);
  });
});
