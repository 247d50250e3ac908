import type { PrincipalAddress } from '@bonafide/core/models';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nounTopic } from '../bus/bus.ts';
import { createMemoryBus } from '../bus/memory/memory-bus.ts';
import { createLedger } from '../ledger.ts';
import type { Place } from '../sessions/place.ts';
import { openSqliteStore } from '../stores/sqlite/open.ts';
import type { Store } from '../stores/store.ts';
import { joinAs } from '../testing/people.ts';
import { type Body, startGateway, type TestGateway } from '../testing/test-gateway.ts';
import { assertLevel, explainLevel } from './access.ts';
import { createRule, MAX_RULES } from './rules.ts';

let gateway: TestGateway;
/** What another gateway on the same database sees. */
let other: Store;
let key: string;
beforeAll(async () => {
  gateway = await startGateway();
  other = openSqliteStore(gateway.database);
});
beforeEach(() => {
  key = `workspace/${crypto.randomUUID()}`;
});
afterAll(async () => {
  await other.close();
  await gateway[Symbol.asyncDispose]();
});

const owner = () => ({ token: gateway.ownerToken });
const worker = 'ag::default::worker::01';

async function create(change: Body = {}, sender: Body = owner()): Promise<Body> {
  const rule = { principalType: 'agent', principalId: worker, resourceType: 'kv', resourceId: key, level: 0 };
  return (await gateway.call(sender, 'acl.createRule', { ...rule, ...change })).body;
}

async function explain(principal = worker, resourceId = key, resourceType = 'kv'): Promise<Body> {
  return (await gateway.call(owner(), 'acl.explain', { principal, resourceType, resourceId })).body;
}

function levelElsewhere(): number {
  const address: PrincipalAddress = {
    type: 'agent',
    workspace: 'default',
    implementation: 'worker',
    specifier: '01',
  };
  const place: Place = { workspace: 'default', home: 'default', address, name: worker, actor: 'agent:x' };
  return explainLevel(other.read, place, { workspace: 'default', type: 'kv', id: key }).level;
}

describe('a rule', () => {
  it('holds and ends with its commit, on every gateway that shares the database', async () => {
    expect([(await explain()).level, levelElsewhere()]).toEqual([20, 20]);
    const rule = await create({ level: 10, reason: 'reads only' });
    expect(await explain()).toEqual({ level: 10, decidedBy: 'rule', rule, considered: [rule] });
    expect(levelElsewhere()).toBe(10);
    const { body } = await gateway.call(owner(), 'acl.deleteRule', { ruleId: rule.ruleId });
    expect(body).toEqual({ isDeleted: true });
    expect([(await explain()).level, levelElsewhere()]).toEqual([20, 20]);
    expect((await gateway.call(owner(), 'acl.deleteRule', { ruleId: rule.ruleId })).body).toEqual({
      isDeleted: false,
    });
  });

  it('is compared in the canonical form of what it names', async () => {
    const { principalId } = await create({ principalId: 'ag.default.worker.01', level: 30 });
    expect(principalId).toBe(worker);
    expect((await explain('ag.default.worker.01')).level).toBe(30);
    expect((await create({ principalId: 'ag.default.*' })).principalId).toBe('ag::default::*');
    const service = await create({ resourceType: 'service', resourceId: 'sv.memory.main' });
    expect(service.resourceId).toBe('sv::memory::main');
  });

  it.each([
    ['a group', { principalId: 'ga::default' }],
    ['half an address', { principalId: 'ag::default' }],
    ['spaces', { principalId: 'ag::default:: x::y' }],
    ['a level that is none', { level: 15 }],
    ['a time that is over', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['a service that is no address', { resourceType: 'service', resourceId: 'memory' }],
  ])('is refused with %s', async (_, change) => {
    expect((await create(change)).code).toBe('VALIDATION_FAILED');
  });

  it('is for owners to make, and nobody gives more than it has', async () => {
    const member = await joinAs(gateway, 'approver');
    const agent = await gateway.register(`agent-${crypto.randomUUID()}`);
    for (const sender of [agent, { token: member.token }])
      expect((await create({}, sender)).code).toBe('FORBIDDEN');
    const second = await joinAs(gateway, 'owner');
    const restriction = { principalType: 'user', principalId: second.memberId, level: 20 };
    await create({ ...restriction, resourceType: 'queue', resourceId: '*' });
    const queue = { resourceType: 'queue', resourceId: '*' };
    expect((await create({ ...queue, level: 30 }, { token: second.token })).code).toBe('FORBIDDEN');
    expect((await create({ ...queue, level: 20 }, { token: second.token })).level).toBe(20);
    const fallback = { principalType: 'agent', resourceType: 'queue', level: 30 };
    const { body } = await gateway.call({ token: second.token }, 'acl.setFallback', fallback);
    expect(body.code).toBe('FORBIDDEN');
  });

  it('is in the log, and told to those alone who may read rules', async () => {
    const rule = await create({ reason: 'why not' });
    await gateway.call(owner(), 'acl.deleteRule', { ruleId: rule.ruleId });
    const { body } = await gateway.call(owner(), 'audit.list', { subject: rule.ruleId });
    expect(body.items.map(({ event, data }: Body) => [event, data.level, data.reason])).toEqual([
      ['acl.rule-created', 0, 'why not'],
      ['acl.rule-deleted', 0, 'why not'],
    ]);
  });

  it('is listed newest first, by what was asked, and of the own workspace alone', async () => {
    const principalId = `ag::default::${crypto.randomUUID()}::*`;
    const made = [await create({ principalId }), await create({ principalId, resourceType: 'task' })];
    const list = async (sender: Body, input: Body) =>
      (await gateway.call(sender, 'acl.listRules', input)).body.items.map(({ ruleId }: Body) => ruleId);
    expect(await list(owner(), { principalId })).toEqual([made[1].ruleId, made[0].ruleId]);
    expect(await list(owner(), { principalId, resourceType: 'kv' })).toEqual([made[0].ruleId]);
    const { ownerToken } = await gateway.gateway.createWorkspace(`rival-${crypto.randomUUID()}`);
    expect(await list({ token: ownerToken }, {})).toEqual([]);
    const { ruleId } = made[0];
    expect((await gateway.call({ token: ownerToken }, 'acl.deleteRule', { ruleId })).body.isDeleted).toBe(
      false,
    );
    expect(await list(owner(), { principalId })).toHaveLength(2);
  });
});

describe('what holds without a rule', () => {
  it('can be set for a type of principal, on every gateway at once, and is in the log', async () => {
    const set = (level: number) =>
      gateway.call(owner(), 'acl.setFallback', { principalType: 'agent', resourceType: 'kv', level });
    const listed = async () => {
      const { body } = await gateway.call(owner(), 'acl.listFallbacks');
      return body.items.find((each: Body) => each.principalType === 'agent' && each.resourceType === 'kv');
    };
    expect(await listed()).toMatchObject({ level: 20, isDefault: true });
    expect((await set(10)).body).toMatchObject({ level: 10, isDefault: false });
    expect([(await explain()).level, levelElsewhere()]).toEqual([10, 10]);
    await set(10);
    await set(20);
    expect(await listed()).toMatchObject({ level: 20, isDefault: false });
    expect([(await explain()).level, levelElsewhere()]).toEqual([20, 20]);
    const { body } = await gateway.call(owner(), 'audit.list', { subject: 'agent/kv' });
    expect(body.items.map(({ data }: Body) => [data.before, data.level])).toEqual([
      [undefined, 10],
      [10, 20],
    ]);
  });
});

describe('an explanation', () => {
  it('knows agents by their name and people by their role', async () => {
    const agent = await gateway.register(`known-${crypto.randomUUID()}`);
    await create({ principalId: `agent:${agent.agentId}`, level: 40 });
    expect((await explain(`ag::default::${agent.record.name}::default`)).level).toBe(40);
    const person = await joinAs(gateway, 'member');
    expect((await explain(`us::${person.memberId}::main`, 'service', 'principal')).level).toBe(30);
    const boss = await joinAs(gateway, 'owner');
    expect((await explain(`us::${boss.memberId}::main`, '*', 'queue')).level).toBe(50);
    await gateway.call(owner(), 'members.setRole', { memberId: boss.memberId, role: 'member' });
    expect((await explain(`us::${boss.memberId}::main`, '*', 'queue')).level).toBe(0);
    expect((await explain('ga::default')).code).toBe('VALIDATION_FAILED');
    expect((await explain('ag::elsewhere::worker::01')).decidedBy).toBe('other-workspace');
  });
});

describe('the limit', () => {
  it('counts the rules that are alive, decides among all of them, and tells followers of a change', async () => {
    const { ownerToken } = await gateway.gateway.createWorkspace('full');
    const nowMs = Date.now();
    const bus = createMemoryBus();
    let told = 0;
    bus.subscribe(nounTopic('acl'), () => told++);
    const { body: people } = await gateway.call({ token: ownerToken }, 'members.list');
    const { memberId } = people.items[0];
    const by: Place = {
      ...{ workspace: 'full', home: 'full', address: { type: 'user', user: memberId, window: 'http' } },
      ...{ name: `us::${memberId}::http`, actor: `member:${memberId}`, role: 'owner' },
    };
    const rule = { principalType: '*', resourceType: 'kv', level: 10 } as const;
    const expiresAt = new Date(nowMs + 60_000).toISOString();
    const commitAt = (now: number, work: Parameters<ReturnType<typeof createLedger>['commit']>[1]) =>
      createLedger({ store: other, bus, now: () => now }).commit(
        { workspace: 'full', actor: by.actor },
        work,
      );
    await commitAt(nowMs, (tx) => {
      createRule(tx, {
        by,
        rule: { ...rule, principalId: 'ag::full::a::1', resourceId: 'workspace/one', expiresAt },
      });
      for (let index = 1; index < MAX_RULES; index++) {
        const id = String(index);
        tx.tables.acl.insert('full', {
          ...{ ruleId: `rule-${id}`, grantedBy: by.actor, createdAt: tx.now },
          ...{ ...rule, principalId: `ag::full::a::${id}*`, resourceId: `workspace/${id}/*` },
        });
      }
    });
    expect(told).toBe(1);
    const one = { ...rule, principalId: '*', resourceId: '*' };
    await expect(commitAt(nowMs, (tx) => createRule(tx, { by, rule: one }))).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    });
    await commitAt(nowMs + 60_000, (tx) => createRule(tx, { by, rule: one }));
    const address = { type: 'agent', workspace: 'full', implementation: 'a', specifier: '777x' } as const;
    const place: Place = {
      workspace: 'full',
      home: 'full',
      address,
      name: 'ag::full::a::777x',
      actor: 'agent:x',
    };
    const resource = { workspace: 'full', type: 'kv', id: 'workspace/777/k' } as const;
    expect(explainLevel(other.read, place, resource).rule?.ruleId).toBe('rule-777');
    expect(() => assertLevel(other.read, place, { resource, level: 20 })).toThrow(
      expect.objectContaining({
        ...{ code: 'FORBIDDEN', details: expect.objectContaining({ level: 20 }) },
        message:
          'ag::full::a::777x needs level 20 on kv workspace/777/k of workspace full: ask an owner there for an acl rule.',
      }),
    );
    const elsewhere = { workspace: 'b', type: 'workspace', id: 'b' } as const;
    expect(() => assertLevel(other.read, place, { resource: elsewhere, level: 10 })).toThrow(
      'ag::full::a::777x needs level 10 on workspace b: ask an owner there for an acl rule.',
    );
  });
});
