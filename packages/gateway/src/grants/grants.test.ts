import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryBus } from '../bus/memory/memory-bus.ts';
import { createLedger } from '../ledger.ts';
import type { Place } from '../sessions/place.ts';
import { openSqliteStore } from '../stores/sqlite/open.ts';
import type { Store } from '../stores/store.ts';
import { joinAs } from '../testing/people.ts';
import { type Body, startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';
import { noteUse, type OnBehalf, readOnBehalf } from './on-behalf.ts';

const HOUR_MS = 3_600_000;
const inOneHour = () => new Date(Date.now() + HOUR_MS).toISOString();

let gateway: TestGateway;
let store: Store;
let agent: TestAgent;
let caller: Place;
let user: Awaited<ReturnType<typeof joinAs>>;

beforeAll(async () => {
  gateway = await startGateway();
  store = openSqliteStore(gateway.database);
  agent = await gateway.register('helper');
  const address = {
    type: 'agent',
    workspace: 'default',
    implementation: 'helper',
    specifier: 'default',
  } as const;
  caller = {
    ...{ workspace: 'default', home: 'default', address, name: 'ag::default::helper::default' },
    actor: `agent:${agent.agentId}`,
  };
});
beforeEach(async () => {
  user = await joinAs(gateway, 'member');
});
afterAll(async () => {
  await store.close();
  await gateway[Symbol.asyncDispose]();
});

const owner = () => ({ token: gateway.ownerToken });

async function give(change: Body = {}, sender: Body = user): Promise<Body> {
  const { status, body } = await gateway.call({ token: sender.token }, 'grants.create', {
    ...{ delegate: agent.agentId, operations: ['kv.*'], expiresAt: inOneHour(), ...change },
  });
  return status === 200 ? body : { status, code: body.code };
}

function use(
  grantId: string,
  change: { caller?: Place; operation?: string; nowMs?: number } = {},
): OnBehalf | undefined {
  const { caller: by = caller, operation = 'kv.get', nowMs = Date.now() } = change;
  return readOnBehalf(store.read, by, { grantId, operation, nowMs });
}

const reasonOf = (work: () => unknown): unknown => {
  try {
    work();
    return 'allowed';
  } catch (error) {
    return (error as Body).details.reason;
  }
};

describe('a grant', () => {
  it('lets its delegate act for the user, with what the user may and no more than was given', async () => {
    const { grantId, ...grant } = await give({ level: 10, reason: 'nightly' });
    expect(grant).toMatchObject({
      subject: user.memberId,
      delegate: `agent:${agent.agentId}`,
      level: 10,
      reason: 'nightly',
    });
    expect(use(grantId)).toMatchObject({
      ...{ grantId, userId: user.memberId, address: `uu::${user.memberId}` },
      place: { workspace: 'default', actor: `member:${user.memberId}`, role: 'member', maxLevel: 10 },
    });
    expect(
      readOnBehalf(store.read, caller, { grantId: undefined, operation: 'kv.get', nowMs: 0 }),
    ).toBeUndefined();
  });

  it('counts for its delegate by address as well, in either form', async () => {
    const { grantId, delegate } = await give({ delegate: 'ag.default.helper.default' });
    expect(delegate).toBe('ag::default::helper::default');
    expect(use(grantId)?.userId).toBe(user.memberId);
  });

  it.each([
    ['nobody gave it', () => ({ grantId: crypto.randomUUID() }), 'unknown'],
    ['it has expired', () => ({ nowMs: Date.now() + HOUR_MS }), 'expired'],
    ['the operation is another', () => ({ operation: 'messages.send' }), 'operation'],
    ['the operation only begins like one of it', () => ({ operation: 'kvx.get' }), 'operation'],
    [
      'an agent of another workspace has the same name',
      () => ({ caller: { ...caller, home: 'rival', workspace: 'rival' } }),
      'unknown',
    ],
    ['its delegate is a guest elsewhere', () => ({ caller: { ...caller, workspace: 'rival' } }), 'unknown'],
    [
      'another agent uses it',
      () => ({ caller: { ...caller, name: 'ag::default::other::default', actor: 'agent:other' } }),
      'unknown',
    ],
    [
      'its user uses it',
      () => ({ caller: { ...caller, name: 'us::x::http', actor: `member:${user.memberId}` } }),
      'unknown',
    ],
  ])('is refused when %s', async (_, change, reason) => {
    const { grantId } = await give();
    expect(reasonOf(() => use(grantId))).toBe('allowed');
    const { grantId: other = grantId, ...rest }: Body = change();
    expect(reasonOf(() => use(other, rest))).toBe(reason);
  });

  it('ends with its revocation, for the same request again, too; by its user, who gave it, or an owner', async () => {
    const stranger = await joinAs(gateway, 'member');
    for (const by of [{ token: user.token }, owner()]) {
      const { grantId } = await give();
      expect(reasonOf(() => use(grantId))).toBe('allowed');
      expect((await gateway.call({ token: stranger.token }, 'grants.revoke', { grantId })).status).toBe(404);
      expect((await gateway.call(agent, 'grants.revoke', { grantId })).status).toBe(403);
      expect(reasonOf(() => use(grantId))).toBe('allowed');
      const { body } = await gateway.call(by, 'grants.revoke', { grantId });
      expect(reasonOf(() => use(grantId))).toBe('revoked');
      expect((await gateway.call(by, 'grants.revoke', { grantId })).body).toEqual(body);
    }
  });

  it('ends when its user leaves, and does nothing that the user may not do', async () => {
    const auditor = await joinAs(gateway, 'auditor');
    const { grantId: leaving } = await give();
    await gateway.call(owner(), 'members.remove', { memberId: user.memberId });
    expect(reasonOf(() => use(leaving))).toBe('subject');
    const { grantId } = await give({ subject: auditor.memberId }, { token: gateway.ownerToken });
    expect(reasonOf(() => use(grantId))).toBe('allowed');
    expect(reasonOf(() => use(grantId, { operation: 'kv.put' }))).toBe('role');
    expect(reasonOf(() => use(grantId, { operation: 'kv.unheard' }))).toBe('role');
  });
});

describe('giving', () => {
  it('is for the user itself; for others by an owner, and by an approver for all but owners', async () => {
    const [approver, other] = [await joinAs(gateway, 'approver'), await joinAs(gateway, 'member')];
    const { body: people } = await gateway.call(owner(), 'members.list', { limit: 100 });
    const first = people.items.find(({ role }: Body) => role === 'owner').memberId;
    const outcome = async (sender: Body, subject: string) =>
      (await give({ subject }, sender)).code ?? 'given';
    expect(await outcome(user, other.memberId)).toBe('FORBIDDEN');
    expect(await outcome(approver, other.memberId)).toBe('given');
    expect(await outcome(approver, first)).toBe('FORBIDDEN');
    expect(await outcome({ token: gateway.ownerToken }, approver.memberId)).toBe('given');
    expect(await outcome({ token: gateway.ownerToken }, crypto.randomUUID())).toBe('NOT_FOUND');
    const { body: weak } = await gateway.call(owner(), 'tokens.create', { name: 'weak', role: 'member' });
    expect(await outcome({ token: weak.secret }, other.memberId)).toBe('FORBIDDEN');
  });

  it.each([
    ['a pattern of delegates', { delegate: 'ag::default::*::default' }],
    ['everybody', { delegate: '*' }],
    ['a group', { delegate: 'ga::default' }],
    ['a person', { delegate: 'us::someone::main' }],
    ['an agent of another workspace', { delegate: 'ag::rival::helper::default' }],
    ['an agent that is not there', { delegate: '01890a5d-ac96-774b-bcce-b302099a8057' }],
    ['an operation that is none', { operations: ['kv.gett'] }],
    ['a time that is over', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['more than a year', { expiresAt: '2100-01-01T00:00:00Z' }],
  ])('refuses %s', async (_, change) => {
    expect(['VALIDATION_FAILED', 'NOT_FOUND']).toContain((await give(change)).code);
  });
});

describe('who sees grants', () => {
  it('is their user, their delegate and the owners', async () => {
    const [stranger, other] = [await joinAs(gateway, 'member'), await gateway.register('bystander')];
    const { grantId } = await give();
    const { ownerToken } = await gateway.gateway.createWorkspace('rival-of-grants');
    const sees = async (sender: Body) => {
      const { body } = await gateway.call(sender, 'grants.list', { limit: 100 });
      return body.items.some((each: Body) => each.grantId === grantId);
    };
    expect([await sees({ token: user.token }), await sees(agent), await sees(owner())]).toEqual([
      true,
      true,
      true,
    ]);
    expect([await sees({ token: stranger.token }), await sees(other)]).toEqual([false, false]);
    expect(await sees({ token: ownerToken })).toBe(false);
    const { body } = await gateway.call(owner(), 'grants.list', {
      subject: user.memberId,
      delegate: agent.agentId,
    });
    expect(body.items.map((each: Body) => each.grantId)).toEqual([grantId]);
  });
});

describe('the log', () => {
  it('has who gave and revoked, and each use of an operation once a minute', async () => {
    const { grantId } = await give();
    let nowMs = Date.now();
    const ledger = createLedger({ store, bus: createMemoryBus(), now: () => nowMs });
    const note = (operation: string) =>
      ledger.commit({ workspace: 'default', actor: caller.actor }, (tx) =>
        noteUse(tx, { grantId, userId: user.memberId, operation }),
      );
    for (const operation of ['kv.get', 'kv.get', 'kv.put', 'kv.get']) await note(operation);
    nowMs += 60_000;
    await note('kv.get');
    await gateway.call(owner(), 'grants.revoke', { grantId });
    const { body } = await gateway.call(owner(), 'audit.list', { subject: grantId });
    expect(body.items.map((entry: Body) => [entry.event, entry.data.operation])).toEqual([
      ['grant.created', undefined],
      ['grant.used', 'kv.get'],
      ['grant.used', 'kv.put'],
      ['grant.used', 'kv.get'],
      ['grant.revoked', undefined],
    ]);
    expect(body.items[1].actor).toBe(caller.actor);
    const { body: list } = await gateway.call(owner(), 'grants.list', { subject: user.memberId });
    expect(list.items[0].lastUsedAt).toBe(new Date(nowMs).toISOString());
  });
});
