import { describe, expect, it } from 'vitest';
import { openStream } from '../testing/event-stream.ts';
import { kvCallsOf } from '../testing/kv-calls.ts';
import { joinAs } from '../testing/people.ts';
import { type Body, startGateway, type TestGateway } from '../testing/test-gateway.ts';

/** Lets an agent have a level on keys, by a rule of the owner. */
async function allow(gateway: TestGateway, [agent, resourceId, level]: [string, string, number]) {
  const rule = { principalType: 'agent', principalId: `ag::default::${agent}::default`, resourceType: 'kv' };
  const owner = { token: gateway.ownerToken };
  const { status, body } = await gateway.call(owner, 'acl.createRule', { ...rule, resourceId, level });
  if (status !== 200) throw new Error(JSON.stringify(body));
}

const FORBIDDEN = { code: 'FORBIDDEN' };
const keysOf = ({ items }: Body) => items.map(({ key }: Body) => key);

describe('keys of a workspace', () => {
  it('are shared by all of it, and by nobody else', async () => {
    await using gateway = await startGateway();
    const { ownerToken } = await gateway.gateway.createWorkspace('other');
    const [alice, bob] = [await gateway.register('alice'), await gateway.register('bob')];
    await kvCallsOf(gateway, alice).put({ key: 'k', value: 1 });
    expect((await kvCallsOf(gateway, bob).get({ key: 'k' })).entry.value).toBe(1);
    const other = kvCallsOf(gateway, { token: ownerToken });
    expect(await other.get({ key: 'k' })).toEqual({ isFound: false });
    expect(keysOf(await other.list({}))).toEqual([]);
    expect(await other.get({ key: 'k', scope: 'global' })).toEqual({ isFound: false });
  });

  it('are closed key by key by a rule, also in lists and to who follows them', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('worker');
    const owner = kvCallsOf(gateway);
    const { get, put, list, remove, increment } = kvCallsOf(gateway, agent);
    await using stream = await openStream(gateway, { sender: agent, path: '/v1/kv/watch' });
    await allow(gateway, ['worker', 'workspace/secret/*', 0]);
    await allow(gateway, ['worker', 'workspace/config/*', 10]);
    for (const key of ['config/x', 'open', 'secret/x']) await owner.put({ key, value: 1 });
    expect(await get({ key: 'secret/x' })).toMatchObject(FORBIDDEN);
    expect(await put({ key: 'secret/x', value: 2 })).toMatchObject(FORBIDDEN);
    expect(await get({ key: 'config/x' })).toMatchObject({ isFound: true });
    expect(await put({ key: 'config/x', value: 2 })).toMatchObject(FORBIDDEN);
    expect(await increment({ key: 'config/x' })).toMatchObject(FORBIDDEN);
    expect(await remove({ key: 'config/x' })).toMatchObject(FORBIDDEN);
    expect(await put({ key: 'open', value: 2 })).toMatchObject({ version: 2 });
    expect(keysOf(await list({}))).toEqual(['config/x', 'open']);
    expect(keysOf(await list({ prefix: 'secret/' }))).toEqual([]);
    const seen = [await stream.next(), await stream.next(), await stream.next()];
    expect(seen.map((frame) => frame?.data.key)).toEqual(['config/x', 'open', 'open']);
    expect((await owner.get({ key: 'secret/x' })).entry).toMatchObject({ value: 1, version: 1 });
  });
});

describe('keys of the tenant', () => {
  it('are read by all, and written by owners and by who has a rule', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('worker');
    const { get, put } = kvCallsOf(gateway, agent);
    const key = { key: 'k', scope: 'global' };
    expect(await kvCallsOf(gateway).put({ ...key, value: 1 })).toMatchObject({ version: 1 });
    expect((await get(key)).entry.value).toBe(1);
    expect(await put({ ...key, value: 2 })).toMatchObject(FORBIDDEN);
    await allow(gateway, ['worker', 'global/k', 20]);
    expect(await put({ ...key, value: 2 })).toMatchObject({ version: 2 });
    expect(await put({ ...key, key: 'other', value: 2 })).toMatchObject(FORBIDDEN);
    expect(await get({ key: 'k' })).toEqual({ isFound: false });
  });
});

describe('keys of a user', () => {
  it.each(['user', 'user-workspace'])('of scope %s are its own, even for the owner', async (scope) => {
    await using gateway = await startGateway();
    const [ada, grace] = [await joinAs(gateway, 'member'), await joinAs(gateway, 'member')];
    const agent = await gateway.register('worker');
    const own = kvCallsOf(gateway, ada);
    await own.put({ key: 'k', value: 'mine', scope });
    expect((await own.get({ key: 'k', scope, userId: ada.memberId })).entry.value).toBe('mine');
    expect(await kvCallsOf(gateway, grace).get({ key: 'k', scope })).toEqual({ isFound: false });
    for (const sender of [grace, agent, { token: gateway.ownerToken }]) {
      const { get, put, list } = kvCallsOf(gateway, sender);
      const place = { scope, userId: ada.memberId };
      expect(await get({ key: 'k', ...place })).toMatchObject(FORBIDDEN);
      expect(await put({ key: 'k', value: 1, ...place })).toMatchObject(FORBIDDEN);
      expect(keysOf(await list(place))).toEqual([]);
    }
    expect(await kvCallsOf(gateway, agent).get({ key: 'k', scope })).toMatchObject({
      ...{ code: 'VALIDATION_FAILED', issues: [{ path: 'userId' }] },
    });
  });

  it('are opened by a rule that names the user, and by no wider scope', async () => {
    await using gateway = await startGateway();
    const ada = await joinAs(gateway, 'member');
    const { get, put } = kvCallsOf(gateway, await gateway.register('worker'));
    const place = { scope: 'user', userId: ada.memberId };
    await kvCallsOf(gateway, ada).put({ key: 'k', value: 'mine', scope: 'user' });
    await allow(gateway, ['worker', `user/${ada.memberId}/*`, 10]);
    expect((await get({ key: 'k', ...place })).entry.value).toBe('mine');
    expect(await put({ key: 'k', value: 1, ...place })).toMatchObject(FORBIDDEN);
    expect(await get({ key: 'k', ...place, scope: 'user-workspace' })).toMatchObject(FORBIDDEN);
    // No id of a user reaches the keys of another or of another scope.
    const tricky = { scope: 'user', userId: `${ada.memberId}/k` };
    expect(await get({ key: 'x', ...tricky })).toEqual({ isFound: false });
    expect(await get({ key: 'k', scope: 'user', userId: '../workspace' })).toMatchObject(FORBIDDEN);
  });
});

describe('a grant', () => {
  it('opens the keys of its user to its delegate, as far as it goes', async () => {
    await using gateway = await startGateway();
    const [ada, agent] = [await joinAs(gateway, 'member'), await gateway.register('worker')];
    const { get, put, list, increment } = kvCallsOf(gateway, agent);
    const grantOf = async (operations: string[], level: number): Promise<string> => {
      const bounds = { operations, level, expiresAt: new Date(Date.now() + 60_000).toISOString() };
      const { body } = await gateway.call(ada, 'grants.create', { delegate: agent.agentId, ...bounds });
      return body.grantId;
    };
    const [reading, writing] = [await grantOf(['kv.*'], 10), await grantOf(['kv.put'], 20)];
    expect(await put({ key: 'k', value: 1, scope: 'user', grantId: writing })).toMatchObject({
      ...{ version: 1, updatedBy: 'ag::default::worker::default' },
    });
    expect(await put({ key: 'k', value: 2, scope: 'user', grantId: reading })).toMatchObject(FORBIDDEN);
    expect(await get({ key: 'k', scope: 'user', grantId: writing })).toMatchObject(FORBIDDEN);
    expect(await increment({ key: 'k', scope: 'user', grantId: writing })).toMatchObject(FORBIDDEN);
    expect((await get({ key: 'k', scope: 'user', grantId: reading })).entry.value).toBe(1);
    expect(keysOf(await list({ scope: 'user', grantId: reading }))).toEqual(['k']);
    expect((await kvCallsOf(gateway, ada).get({ key: 'k', scope: 'user' })).entry.value).toBe(1);
    const other = await joinAs(gateway, 'member');
    const place = { scope: 'user', userId: other.memberId, grantId: reading };
    expect(await get({ key: 'k', ...place })).toMatchObject(FORBIDDEN);
    const path = `/v1/kv/watch?scope=user&grantId=${reading}`;
    await using stream = await openStream(gateway, { sender: agent, path });
    expect((await stream.next())?.data).toMatchObject({ key: 'k', value: 1 });
    await gateway.call(ada, 'grants.revoke', { grantId: reading });
    expect(await get({ key: 'k', scope: 'user', grantId: reading })).toMatchObject(FORBIDDEN);
    await kvCallsOf(gateway, ada).put({ key: 'k', value: 2, scope: 'user' });
    expect(await stream.next()).toMatchObject({ event: 'error', data: FORBIDDEN });
    const uses = await gateway.call({ token: gateway.ownerToken }, 'audit.list', { event: 'grant.used' });
    const operations = uses.body.items.map(({ data }: Body) => data.operation);
    expect(operations.toSorted()).toEqual(['kv.get', 'kv.list', 'kv.put', 'kv.watch']);
  });
});
