import { type AccessLevel, type AclRule, type PrincipalAddress, parseAddress } from '@bonafide/core/models';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesExactly } from '../glob.ts';
import type { Place } from '../sessions/place.ts';
import type { Reads } from '../stores/store.ts';
import { explainLevel } from './access.ts';

const AGENT_ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const MEMBER_ID = '01890a5d-ac96-774b-bcce-b302099a8058';
const NOW = Date.UTC(2026, 0, 1);
let made = 0;

function ruleOf(change: Partial<AclRule>): AclRule {
  return {
    ruleId: String(made++).padStart(8, '0'),
    ...{ principalType: '*', principalId: '*', resourceType: 'kv', resourceId: '*', level: 20 },
    ...{ grantedBy: 'member:x', createdAt: '2026-01-01T00:00:00.000Z', ...change },
  };
}

/** Workspaces `a` and `b` are of tenant `a`; all rules are those of `a`. */
function tablesOf(rules: readonly AclRule[], role: 'owner' | 'member' = 'owner'): Reads {
  const revision = `test-${made++}`;
  const tables = {
    acl: {
      getRevision: (workspace: string) => (workspace === 'a' && rules.length > 0 ? revision : ''),
      listEvery: () => rules,
      listFallbacks: () => [],
    },
    workspaces: { getTenant: (name: string) => (name === 'b' ? 'a' : undefined) },
    members: { get: () => ({ role, status: 'active' }) },
  };
  return tables as unknown as Reads;
}

function placeAt(name: string, change: Partial<Place> = {}): Place {
  const address = parseAddress(name) as PrincipalAddress;
  const home = 'workspace' in address ? address.workspace : 'a';
  return {
    ...{ workspace: home, home, address, name, actor: `agent:${AGENT_ID}`, now: () => NOW },
    ...change,
  };
}

const worker = placeAt('ag::a::worker::01');
const levelOf = (rules: readonly AclRule[], caller: Place = worker, id = 'workspace/x') =>
  explainLevel(tablesOf(rules), caller, { workspace: 'a', type: 'kv', id }).level;

describe('the order of rules', () => {
  /** Each decides over all after it, whatever their levels. */
  const order: readonly Partial<AclRule>[] = [
    { principalType: 'agent', principalId: 'ag::a::worker::01', resourceId: 'workspace/x' },
    { principalId: 'ag::a::worker::01', resourceId: 'workspace/x' },
    { principalId: 'ag::a::worker::01', resourceId: 'workspace/*' },
    { principalId: 'ag::a::worker::01', resourceId: 'work*' },
    { principalId: 'ag::a::worker::01', resourceId: '*' },
    { principalId: 'ag::a::worker::*', resourceId: 'workspace/x' },
    { principalId: 'ag::a::*', resourceId: 'workspace/x' },
    { principalType: 'agent', principalId: '*', resourceId: 'workspace/x' },
    { principalId: '*', resourceId: 'workspace/x' },
    { principalId: 'ag::a::*', resourceId: 'workspace/*' },
    { principalId: '*', resourceId: 'workspace/*' },
    { principalId: 'ag::a::*', resourceId: '*' },
    { principalId: '*', resourceId: '*' },
  ];

  it.each(order.map((rule, index) => [index, rule] as const))(
    'lets number %i decide over all that are less exact',
    (index, first) => {
      for (const level of [0, 50] as const) {
        const rest = order.slice(index + 1).map((rule) => ruleOf({ ...rule, level: level === 0 ? 50 : 0 }));
        expect(levelOf([...rest, ruleOf({ ...first, level })])).toBe(level);
        expect(levelOf([ruleOf({ ...first, level }), ...rest])).toBe(level);
      }
    },
  );

  it('lets the lowest level win among equals, so that a denial does', () => {
    for (const rule of order) {
      const levels: readonly AccessLevel[] = [30, 0, 50];
      expect(levelOf(levels.map((level) => ruleOf({ ...rule, level })))).toBe(0);
    }
  });

  it('takes an address, an agent and a person for equally exact', () => {
    const [address, agent] = ['ag::a::worker::01', `agent:${AGENT_ID}`];
    expect(
      levelOf([ruleOf({ principalId: address, level: 50 }), ruleOf({ principalId: agent, level: 10 })]),
    ).toBe(10);
    expect(
      levelOf([ruleOf({ principalId: address, level: 10 }), ruleOf({ principalId: agent, level: 50 })]),
    ).toBe(10);
    const person = placeAt(`us::${MEMBER_ID}::main`, { actor: `member:${MEMBER_ID}`, role: 'member' });
    for (const principalId of [MEMBER_ID, `member:${MEMBER_ID}`, `us::${MEMBER_ID}::main`, 'us::*']) {
      expect(levelOf([ruleOf({ principalId, level: 40 })], person)).toBe(40);
    }
  });

  it('explains with the rule that decided first, and with those that are about it alone', () => {
    const [best, other] = [ruleOf({ principalId: worker.name, level: 10 }), ruleOf({ level: 30 })];
    const rules = [
      other,
      ruleOf({ principalId: 'ag::a::worker::02' }),
      best,
      ruleOf({ resourceType: 'task' }),
    ];
    const asked = { workspace: 'a', type: 'kv', id: 'workspace/x' } as const;
    expect(explainLevel(tablesOf(rules), worker, asked)).toEqual({
      ...{ level: 10, decidedBy: 'rule', rule: best, considered: [best, other] },
    });
  });

  it('forgets a rule when its time is over, though the answer was remembered', () => {
    const expiresAt = new Date(NOW + 1000).toISOString();
    const tables = tablesOf([ruleOf({ level: 50, expiresAt }), ruleOf({ level: 50, expiresAt })]);
    const at = (nowMs: number) =>
      explainLevel(
        tables,
        { ...worker, now: () => nowMs },
        { workspace: 'a', type: 'kv', id: 'workspace/x' },
      );
    expect([at(NOW).level, at(NOW + 999).level, at(NOW + 1000).level]).toEqual([50, 50, 20]);
    expect(at(NOW + 1000).decidedBy).toBe('fallback');
  });
});

const part = fc.constantFrom('worker', 'other', '01', '*', 'w*', '*r');
const level = fc.constantFrom<AccessLevel>(0, 10, 20, 30, 40, 50);
const anyRule = fc
  .record({
    type: fc.constantFrom<AclRule['principalType']>('*', 'agent', 'task'),
    principalId: fc.oneof(
      fc.tuple(part, part).map(([implementation, specifier]) => `ag::a::${implementation}::${specifier}`),
      fc.constantFrom('*', `agent:${AGENT_ID}`, 'agent:other', 'ag::b::worker::01', 'ag::b::*'),
    ),
    resourceId: fc.constantFrom('*', 'workspace/x', 'workspace/*', 'w*x', 'workspace/y'),
    level,
  })
  .map(({ type, ...rest }) => ruleOf({ principalType: type, ...rest }));

describe('whatever the rules are', () => {
  it('does not change what I may do when somebody else gets a rule', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 12 }), anyRule, fc.nat(), (rules, extra, place) => {
        const isMine =
          ['*', 'agent'].includes(extra.principalType) &&
          [worker.name, worker.actor].some((name) => matchesExactly(extra.principalId, name));
        fc.pre(!isMine);
        const at = place % (rules.length + 1);
        expect(levelOf(rules.toSpliced(at, 0, extra))).toBe(levelOf(rules));
      }),
    );
  });

  it('does not depend on the order in which they were made', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 12 }), (rules) => {
        expect(levelOf(rules.toReversed())).toBe(levelOf(rules));
      }),
    );
  });

  it('lets an exact denial win over everything', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 12 }), (rules) => {
        const denial = {
          principalType: 'agent',
          principalId: worker.name,
          resourceId: 'workspace/x',
          level: 0,
        } as const;
        expect(levelOf([...rules, ruleOf(denial)])).toBe(0);
      }),
    );
  });

  it('lets a rule that names no workspace mean nobody of another one', () => {
    const stranger = placeAt('ag::c::worker::01', { actor: 'agent:stranger' });
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 12 }), (rules) => {
        expect(levelOf(rules, stranger)).toBe(0);
      }),
    );
  });
});

describe('a caller of another workspace', () => {
  const guest = placeAt('ag::b::worker::01');

  it.each([
    ['its address', 'ag::b::worker::01', 30],
    ['its workspace with a pattern', 'ag::b::*', 30],
    ['its credential', `agent:${AGENT_ID}`, 30],
    ['everybody', '*', 0],
    ['every agent', 'ag::*', 0],
    ['a pattern that only happens to fit', 'ag::*::worker::01', 0],
    ['a pattern of credentials', 'agent:*', 0],
    ['a workspace with a longer name', 'ag::bb::*', 0],
    ['a workspace with the same beginning', 'ag::b*', 0],
  ] as const)('is let in by %s as it should', (_, principalId, expected) => {
    expect(levelOf([ruleOf({ principalId, level: 30 })], guest)).toBe(expected);
  });

  it('has nothing without a rule, and is told why', () => {
    const asked = { workspace: 'a', type: 'workspace', id: 'a' } as const;
    expect(explainLevel(tablesOf([]), guest, asked)).toEqual({
      ...{ level: 0, decidedBy: 'other-workspace', considered: [] },
    });
  });

  it('stays a guest when its session moved in, under whatever address', () => {
    const moved = placeAt('ag::a::worker::01', { workspace: 'a', home: 'b' });
    expect(levelOf([], moved)).toBe(0);
    expect(levelOf([ruleOf({ principalId: 'ag::a::worker::01', level: 50 })], moved)).toBe(0);
    expect(levelOf([ruleOf({ principalId: 'ag::b::worker::01', level: 10 })], moved)).toBe(10);
  });

  it('cannot take the name of a service: that names no workspace', () => {
    const service = placeAt('sv::memory::main', { home: 'b', workspace: 'b' });
    expect(levelOf([ruleOf({ principalId: 'sv::memory::main', level: 50 })], service)).toBe(0);
    expect(
      levelOf([ruleOf({ principalId: 'sv::memory::main', level: 50 })], placeAt('sv::memory::main')),
    ).toBe(50);
  });

  it('is no owner here, whatever it is at home', () => {
    const owner = placeAt(`us::${MEMBER_ID}::main`, {
      ...{ home: 'b', workspace: 'b', actor: `member:${MEMBER_ID}`, role: 'owner' },
    });
    expect(levelOf([], owner)).toBe(0);
    expect(levelOf([ruleOf({ principalId: MEMBER_ID, level: 50 })], owner)).toBe(0);
    expect(levelOf([ruleOf({ principalId: `member:${MEMBER_ID}`, level: 10 })], owner)).toBe(10);
  });

  it('reads the global keys of its tenant, which the rules of the root decide', () => {
    const ask = (rules: readonly AclRule[], workspace: string, caller = guest) =>
      explainLevel(tablesOf(rules), caller, { workspace, type: 'kv', id: 'global/x' }).level;
    expect([ask([], 'a'), ask([], 'b')]).toEqual([10, 10]);
    const rule = ruleOf({ principalId: 'ag::b::*', resourceId: 'global/x', level: 20 });
    expect([ask([rule], 'a'), ask([rule], 'b')]).toEqual([20, 20]);
    expect(ask([], 'a', placeAt('ag::c::worker::01'))).toBe(0);
    const boss = { actor: `member:${MEMBER_ID}`, role: 'owner', home: 'b', workspace: 'b' } as const;
    expect(ask([], 'b', placeAt(`us::${MEMBER_ID}::main`, boss))).toBe(10);
    expect(ask([], 'a', placeAt(`us::${MEMBER_ID}::main`, { ...boss, home: 'a', workspace: 'a' }))).toBe(50);
  });
});

describe('a caller with a grant', () => {
  it('has no more than the grant gives, by a rule or without, and no more than its user', () => {
    const owner = { actor: `member:${MEMBER_ID}`, role: 'owner', maxLevel: 10 } as const;
    const person = placeAt(`us::${MEMBER_ID}::grant`, owner);
    expect(levelOf([], person)).toBe(10);
    expect(levelOf([ruleOf({ principalId: MEMBER_ID, level: 40 })], person)).toBe(10);
    expect(levelOf([ruleOf({ principalId: MEMBER_ID, level: 0 })], person)).toBe(0);
    expect(levelOf([], { ...person, maxLevel: undefined })).toBe(50);
  });

  it('is an owner only while its person is one', () => {
    const owner = placeAt(`us::${MEMBER_ID}::main`, { actor: `member:${MEMBER_ID}`, role: 'owner' });
    const asked = { workspace: 'a', type: 'queue', id: '*' } as const;
    expect(explainLevel(tablesOf([], 'owner'), owner, asked).level).toBe(50);
    expect(explainLevel(tablesOf([], 'member'), owner, asked).level).toBe(0);
    expect(explainLevel(tablesOf([], 'owner'), { ...owner, role: 'member' }, asked).level).toBe(0);
  });
});
