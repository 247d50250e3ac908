import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStream } from '../testing/event-stream.ts';
import { joinAs } from '../testing/people.ts';
import { type Body, startGateway, type TestGateway } from '../testing/test-gateway.ts';

let gateway: TestGateway;
let owner: { token: string };
let nowMs = Date.now();
beforeAll(async () => {
  gateway = await startGateway({ now: () => nowMs });
  owner = { token: gateway.ownerToken };
});
afterAll(() => gateway[Symbol.asyncDispose]());

const invite = async (input: Body = {}) =>
  (await gateway.call(owner, 'members.invite', { name: 'Ada', role: 'approver', ...input })).body;
const join = (invitation: string) => gateway.call({}, 'members.join', { invitation });

describe('an invitation', () => {
  it('becomes a member with a token, once', async () => {
    const invited = await invite({ email: 'ada@example.com' });
    expect(invited).toMatchObject({ status: 'invited', role: 'approver', email: 'ada@example.com' });
    expect(invited.invitation).toMatch(/^bfi_[\w-]{43}$/);
    const { body } = await join(invited.invitation);
    const { memberId } = invited;
    expect(body).toMatchObject({
      member: { memberId, status: 'active' },
      token: { memberId, role: 'approver', secret: expect.stringMatching(/^bft_/) },
    });
    expect((await gateway.call({ token: body.token.secret }, 'approvals.list')).status).toBe(200);
    expect((await join(invited.invitation)).body.code).toBe('UNAUTHENTICATED');
    const { body: log } = await gateway.call(owner, 'audit.list', { subject: memberId });
    expect(log.items.map((entry: Body) => entry.event)).toEqual(['member.invited', 'member.joined']);
    expect(log.items[1].actor).toBe(`member:${memberId}`);
    expect(JSON.stringify(log)).not.toContain('ada@example.com');
  });

  it('is taken by exactly one of fifty who try at once', async () => {
    const { invitation } = await invite();
    const answers = await Promise.all(Array.from({ length: 50 }, () => join(invitation)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'UNAUTHENTICATED')).toHaveLength(49);
  });

  it('is kept only as a hash, and is no token', async () => {
    const { invitation } = await invite();
    const file = new DatabaseSync(gateway.database, { readOnly: true });
    const tables = file.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
    const rows = JSON.stringify(tables.map(({ name }) => file.prepare(`SELECT * FROM ${name}`).all()));
    file.close();
    expect(rows).toContain('Ada');
    expect(rows).not.toContain(invitation);
    expect(gateway.lines.join('')).not.toContain('bfi_');
    expect((await gateway.call({ token: invitation }, 'agents.list')).body.code).toBe('UNAUTHENTICATED');
  });

  it('is void when it is made up, seven days old, or the person was removed meanwhile', async () => {
    const [old, removed] = [await invite(), await invite()];
    await gateway.call(owner, 'members.remove', { memberId: removed.memberId });
    expect((await join('bfi_made-up')).body.code).toBe('UNAUTHENTICATED');
    expect((await join(removed.invitation)).body.code).toBe('UNAUTHENTICATED');
    const before = nowMs;
    nowMs += 7 * 86_400_000;
    const { body } = await join(old.invitation);
    nowMs = before;
    expect(body.code).toBe('EXPIRED');
  });

  it('is not given twice to one address', async () => {
    const first = await invite({ email: 'grace@example.com' });
    const input = { name: 'Grace', role: 'owner', email: 'Grace@Example.com' };
    expect((await gateway.call(owner, 'members.invite', input)).body.code).toBe('CONFLICT');
    await gateway.call(owner, 'members.remove', { memberId: first.memberId });
    expect((await gateway.call(owner, 'members.invite', input)).status).toBe(200);
  });

  it('is not answered again, because the answer held a secret', async () => {
    const { invitation } = await invite();
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const again = () => gateway.call({}, 'members.join', { invitation }, headers);
    expect((await again()).status).toBe(200);
    expect((await again()).body).not.toHaveProperty('token');
  });
});

describe('a role', () => {
  it('holds at once, up and down, for every token of the person', async () => {
    const { token, memberId } = await joinAs(gateway, 'member');
    const status = async () => [
      (await gateway.call({ token }, 'members.list')).status,
      (await gateway.call({ token }, 'audit.list')).status,
      (await gateway.call({ token }, 'tokens.list')).status,
    ];
    const set = (role: string) => gateway.call(owner, 'members.setRole', { memberId, role });
    expect(await status()).toEqual([403, 403, 403]);
    await set('auditor');
    expect(await status()).toEqual([200, 200, 403]);
    await set('owner');
    expect(await status()).toEqual([200, 200, 200]);
    await set('member');
    expect(await status()).toEqual([403, 403, 403]);
    const { body } = await gateway.call(owner, 'tokens.list', { limit: 100 });
    expect(body.items.find((each: Body) => each.memberId === memberId)).toMatchObject({ role: 'member' });
  });

  it('ends a stream that it no longer allows', async () => {
    const { token, memberId } = await joinAs(gateway, 'auditor');
    await using stream = await openStream(gateway, { sender: { token }, path: '/v1/approvals/watch' });
    expect(stream.response.status).toBe(200);
    await gateway.call(owner, 'members.remove', { memberId });
    expect(await stream.next()).toMatchObject({ event: 'error', data: { code: 'REVOKED' } });
  });

  it('limits what a token of an owner may do, and more cannot be had with it', async () => {
    const { body } = await gateway.call(owner, 'tokens.create', { name: 'read', role: 'auditor' });
    const limited = { token: body.secret };
    expect((await gateway.call(limited, 'audit.list')).status).toBe(200);
    for (const id of ['tokens.create', 'members.invite', 'workspaces.update'] as const) {
      const input = { name: 'x', role: 'owner', settings: {} };
      const { name: _, role: __, ...settings } = input;
      const answer = await gateway.call(
        limited,
        id,
        id === 'workspaces.update' ? settings : { name: 'x', role: 'owner' },
      );
      expect(answer.body.code).toBe('FORBIDDEN');
    }
  });

  it('is for owners alone to change, also for themselves', async () => {
    for (const role of ['approver', 'auditor', 'member'] as const) {
      const { token, memberId } = await joinAs(gateway, role);
      for (const [id, input] of [
        ['members.setRole', { memberId, role: 'owner' }],
        ['members.remove', { memberId }],
        ['members.invite', { name: 'x', role: 'owner' }],
        ['tokens.create', { name: 'x', role: 'owner' }],
      ] as const) {
        expect((await gateway.call({ token }, id, input)).body.code, `${role} ${id}`).toBe('FORBIDDEN');
      }
    }
  });
});

describe('a person who is removed', () => {
  it('is out at once with every token, and stays in the list', async () => {
    const { token, memberId } = await joinAs(gateway, 'owner');
    const { body: second } = await gateway.call({ token }, 'tokens.create', { name: '2', role: 'owner' });
    const { body: machine } = await gateway.call({ token }, 'tokens.create', { name: '3', role: 'reader' });
    expect(machine).not.toHaveProperty('memberId');
    const { body } = await gateway.call(owner, 'members.remove', { memberId, reason: 'left' });
    expect(body.status).toBe('removed');
    for (const each of [token, second.secret]) {
      expect((await gateway.call({ token: each }, 'agents.list')).body.code).toBe('REVOKED');
    }
    // What a machine has is the workspace's, whoever made it.
    expect((await gateway.call({ token: machine.secret }, 'agents.list')).status).toBe(200);
    expect((await gateway.call(owner, 'members.remove', { memberId })).body.status).toBe('removed');
    expect((await gateway.call(owner, 'members.setRole', { memberId, role: 'member' })).body.code).toBe(
      'CONFLICT',
    );
    const { body: list } = await gateway.call(owner, 'members.list', { limit: 100 });
    expect(list.items.find((each: Body) => each.memberId === memberId).status).toBe('removed');
  });
});

describe('the last owner', () => {
  it('can be neither removed nor demoted, whoever is invited', async () => {
    await using fresh = await startGateway();
    const first = { token: fresh.ownerToken };
    const { body: list } = await fresh.call(first, 'members.list');
    const { memberId } = list.items[0];
    await fresh.call(first, 'members.invite', { name: 'Not here yet', role: 'owner' });
    const leave = async () => [
      (await fresh.call(first, 'members.remove', { memberId })).body.code,
      (await fresh.call(first, 'members.setRole', { memberId, role: 'auditor' })).body.code,
    ];
    expect(await leave()).toEqual(['CONFLICT', 'CONFLICT']);
    const second = await joinAs(fresh, 'owner');
    const [one, two] = await Promise.all([
      fresh.call(first, 'members.remove', { memberId: second.memberId }),
      fresh.call({ token: second.token }, 'members.remove', { memberId }),
    ]);
    expect([one.status, two.status].filter((status) => status === 200)).toHaveLength(1);
    await expect(fresh.gateway.createWorkspace('default')).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
