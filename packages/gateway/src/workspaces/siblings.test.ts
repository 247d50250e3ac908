import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryBus } from '../bus/memory/memory-bus.ts';
import { createLedger } from '../ledger.ts';
import { openSqliteStore } from '../stores/sqlite/open.ts';
import { joinAs } from '../testing/people.ts';
import { type Body, newSigner, startGateway, type TestGateway } from '../testing/test-gateway.ts';
import { createWorkspace } from './create.ts';

let gateway: TestGateway;
let made = 0;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const rootOwner = () => ({ token: gateway.ownerToken });
const newName = () => `made-${made++}`;

async function createChild(sender: Body = rootOwner(), name = newName(), extra: Body = {}) {
  const { status, body } = await gateway.call(sender, 'workspaces.create', { name, ...extra });
  if (status !== 200) throw new Error(JSON.stringify(body));
  return { name, owner: { token: body.ownerToken }, body };
}

async function listedBy(sender: Body): Promise<string[]> {
  const { body } = await gateway.call(sender, 'workspaces.list', { limit: 100 });
  return body.items.map(({ name }: Body) => name);
}

const codeOf = async (
  sender: Body,
  id: 'workspaces.create' | 'workspaces.delete' | 'workspaces.get',
  input?: Body,
) => (await gateway.call(sender, id, input)).body.code ?? 'done';

const close = (sender: Body, name: string, confirm = name) =>
  codeOf(sender, 'workspaces.delete', { name, confirm });

describe('a workspace that an owner makes', () => {
  it('is of the same tenant, with its maker as owner, and its token is told once', async () => {
    const key = { 'idempotency-key': newName() };
    const input = { name: newName(), displayName: 'Night shift' };
    const { body } = await gateway.call(rootOwner(), 'workspaces.create', input, key);
    expect(body).toMatchObject({ ...input, tenant: 'default', ownerToken: expect.stringMatching(/^bft_/) });
    const again = await gateway.call(rootOwner(), 'workspaces.create', input, key);
    expect(again.body.code).toBe('CONFLICT');
    expect(JSON.stringify(again.body)).not.toContain(body.ownerToken);
    const child = { token: body.ownerToken };
    expect((await gateway.call(child, 'workspaces.get')).body).toMatchObject(input);
    const { body: people } = await gateway.call(child, 'members.list');
    expect(people.items).toMatchObject([{ role: 'owner', status: 'active', name: 'First owner' }]);
    const { body: log } = await gateway.call(rootOwner(), 'audit.list', { subject: input.name });
    expect(log.items.map(({ event }: Body) => event)).toEqual(['workspace.created']);
    const grandchild = await createChild(child);
    expect(grandchild.body.tenant).toBe('default');
  });

  it('is for owners to make, under a name that nobody has, had, or will be given', async () => {
    const agent = await gateway.register(newName());
    const approver = await joinAs(gateway, 'approver');
    for (const sender of [agent, { token: approver.token }]) {
      expect(await codeOf(sender, 'workspaces.create', { name: newName() })).toBe('FORBIDDEN');
    }
    const rival = newName();
    await gateway.gateway.createWorkspace(rival);
    const { name: gone } = await createChild();
    expect(await close(rootOwner(), gone)).toBe('done');
    for (const name of [rival, gone])
      expect(await codeOf(rootOwner(), 'workspaces.create', { name })).toBe('CONFLICT');
    for (const name of ['default', 'chain']) {
      expect(await codeOf(rootOwner(), 'workspaces.create', { name })).toBe('VALIDATION_FAILED');
    }
    await expect(gateway.gateway.createWorkspace(gone)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(gateway.gateway.createWorkspace(rival)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('keeps its agents apart from those of its siblings', async () => {
    const { owner } = await createChild();
    const agent = await gateway.register(newName());
    expect((await gateway.call(owner, 'agents.get', { agentId: agent.agentId })).status).toBe(404);
    expect((await gateway.call(owner, 'agents.list')).body.items).toEqual([]);
  });
});

describe('the list', () => {
  it('has the own workspace, those that a rule opens, and for owners of the root all of the tenant', async () => {
    const [one, two] = [await createChild(), await createChild()];
    const { ownerToken: stranger } = await gateway.gateway.createWorkspace(newName());
    const all = await listedBy(rootOwner());
    expect(all).toEqual(expect.arrayContaining(['default', one.name, two.name]));
    expect(all).toEqual(all.toSorted());
    expect(await listedBy(one.owner)).toEqual([one.name]);
    expect(await listedBy({ token: stranger })).not.toContain(one.name);
    const agent = await gateway.register(newName());
    expect(await listedBy(agent)).toEqual(['default']);
    const rule = { principalType: 'agent', principalId: `agent:${agent.agentId}`, level: 10 };
    const opened = { resourceType: 'workspace', resourceId: two.name };
    expect((await gateway.call(two.owner, 'acl.createRule', { ...rule, ...opened })).status).toBe(200);
    expect(await listedBy(agent)).toEqual(['default', two.name]);
  });

  it('comes in pages by name', async () => {
    await createChild();
    const all = await listedBy(rootOwner());
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const input = { limit: 2, ...(cursor === undefined ? {} : { cursor }) };
      const { body } = await gateway.call(rootOwner(), 'workspaces.list', input);
      paged.push(...body.items.map(({ name }: Body) => name));
      cursor = body.nextCursor;
    } while (cursor !== undefined);
    expect(paged).toEqual(all);
  });
});

describe('closing', () => {
  it('is for its owner and owners of the root, with its name said twice', async () => {
    const [one, two, three] = [await createChild(), await createChild(), await createChild()];
    expect(await close(one.owner, two.name)).toBe('NOT_FOUND');
    const rule = { principalType: 'user', principalId: `member:${await memberIdOf(one.owner)}`, level: 10 };
    const opened = { resourceType: 'workspace', resourceId: two.name };
    await gateway.call(two.owner, 'acl.createRule', { ...rule, ...opened });
    expect(await close(one.owner, two.name)).toBe('FORBIDDEN');
    expect(await close(rootOwner(), two.name, one.name)).toBe('VALIDATION_FAILED');
    expect(await close(rootOwner(), two.name)).toBe('done');
    expect(await close(one.owner, one.name)).toBe('done');
    const admin = { resourceType: 'admin', resourceId: 'workspaces', level: 40 };
    const { owner: sibling } = await createChild();
    const by = { principalType: 'user', principalId: `member:${await memberIdOf(sibling)}` };
    await gateway.call(three.owner, 'acl.createRule', { ...by, ...admin });
    expect(await close(sibling, three.name)).toBe('done');
  });

  it('is not for another tenant, nor for the root while others were made beside it', async () => {
    const root = newName();
    const { ownerToken } = await gateway.gateway.createWorkspace(root);
    const stranger = { token: ownerToken };
    const { name } = await createChild();
    expect(await close(stranger, name)).toBe('NOT_FOUND');
    expect(await close(stranger, 'default')).toBe('NOT_FOUND');
    expect(await close(stranger, 'never-made')).toBe('NOT_FOUND');
    expect(await close(rootOwner(), root)).toBe('NOT_FOUND');
    const child = await createChild(stranger);
    expect(await close(child.owner, root)).toBe('NOT_FOUND');
    expect(await close(stranger, root)).toBe('CONFLICT');
    expect(await close(stranger, child.name)).toBe('done');
    expect(await close(stranger, root)).toBe('done');
    expect(await close(rootOwner(), 'default')).toBe('CONFLICT');
  });

  it('shuts everybody out and leaves the log', async () => {
    const { name, owner } = await createChild();
    const member = await joinAs(gateway, 'member', { ownerToken: owner.token });
    const { body: enrolment } = await gateway.call(owner, 'tokens.create', { name: 'e', role: 'enrolment' });
    const { body: invited } = await gateway.call(owner, 'members.invite', { name: 'Eve', role: 'owner' });
    const agent = { signer: newSigner() };
    const registration = { name: 'worker', enrolmentToken: enrolment.secret };
    expect((await gateway.call(agent, 'agents.register', registration)).status).toBe(200);
    const actionsBefore = (await gateway.call(agent, 'actions.verify', { action: 'a.b', risk: 'low' })).body
      .actionId;
    expect(await close(rootOwner(), name)).toBe('done');
    expect(await close(rootOwner(), name)).toBe('done');
    for (const sender of [owner, { token: member.token }, agent]) {
      expect((await gateway.call(sender, 'workspaces.get')).body.code).toBe('REVOKED');
    }
    const late = { name: 'late', enrolmentToken: enrolment.secret };
    expect((await gateway.call({ signer: newSigner() }, 'agents.register', late)).status).toBe(403);
    expect((await gateway.call({}, 'members.join', { invitation: invited.invitation })).status).toBe(401);
    expect(await listedBy(rootOwner())).not.toContain(name);
    const file = new DatabaseSync(gateway.database, { readOnly: true });
    const events = file.prepare('SELECT event FROM audit WHERE workspace = ? ORDER BY sequence').all(name);
    expect(events.map(({ event }) => event)).toContain('workspace.closed');
    expect(file.prepare('SELECT count(*) AS n FROM actions WHERE action_id = ?').get(actionsBefore)?.n).toBe(
      1,
    );
    file.close();
    const { body: log } = await gateway.call(rootOwner(), 'audit.list', { subject: name });
    expect(log.items.map(({ event }: Body) => event)).toEqual(['workspace.created', 'workspace.closed']);
  });

  it('holds at once for another gateway on the same database', async () => {
    const { name } = await createChild();
    const store = openSqliteStore(gateway.database);
    const ledger = createLedger({ store, bus: createMemoryBus(), now: Date.now });
    expect(store.read.workspaces.getTenant(name)).toBe('default');
    expect(await close(rootOwner(), name)).toBe('done');
    await expect(createWorkspace(name, ledger)).rejects.toMatchObject({ code: 'CONFLICT' });
    await store.close();
  });
});

async function memberIdOf(sender: Body): Promise<string> {
  return (await gateway.call(sender, 'members.list')).body.items[0].memberId;
}
