import type { Skill } from '@bonafide/core/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../stores/sqlite/open.ts';
import { openRegistered } from '../testing/peer-sessions.ts';
import { type Body, startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';

let gateway: TestGateway;
let [cleaner, poet, stranger]: TestAgent[] = [];
const store = () => openSqliteStore(gateway.database);

const skill = (capability: string, change: Partial<Skill> = {}): Skill => ({
  ...{ capability, description: `does ${capability}`, ...change },
});
const csv = skill('csv.clean', {
  description: 'Removes broken Rows',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
  outputSchema: { type: 'object' },
  priceUsdc: '0.5',
  risk: 'low',
});

const update = (agent: TestAgent | undefined, change: Body) =>
  gateway.call(agent as TestAgent, 'agents.update', change);
const find = async (query: Body = {}, sender: TestAgent | undefined = cleaner): Promise<Body[]> =>
  (await gateway.call(sender as TestAgent, 'agents.find', query)).body.items;
const names = async (query: Body = {}, sender?: TestAgent) =>
  (await find(query, sender)).map(({ name }) => name);

beforeAll(async () => {
  gateway = await startGateway();
  const { ownerToken: enrolmentToken } = await gateway.gateway.createWorkspace('rival');
  cleaner = await gateway.register('cleaner', { capabilities: ['csv'] });
  poet = await gateway.register('poet', { description: 'Writes' });
  stranger = await gateway.register('stranger', { enrolmentToken });
});
afterAll(() => gateway[Symbol.asyncDispose]());

describe('skills', () => {
  it('are shown wherever the agent is, to whom may see it', async () => {
    const { body: updated } = await update(cleaner, { skills: [csv, skill('csv.sort')] });
    expect(updated.skills).toEqual([csv, skill('csv.sort')]);
    const { agentId } = cleaner as TestAgent;
    const { body: got } = await gateway.call(poet as TestAgent, 'agents.get', { agentId });
    const { body: listed } = await gateway.call({ token: gateway.ownerToken }, 'agents.list');
    const [found] = await find({ capability: 'csv.clean' });
    const shown = [got, listed.items.find((each: Body) => each.agentId === agentId), found];
    for (const each of shown) expect(each.skills).toEqual([csv, skill('csv.sort')]);
    expect(await find({ capability: 'csv.clean' }, stranger)).toEqual([]);
    await update(cleaner, { isListed: true });
    expect(await find({ capability: 'csv.clean' }, stranger)).toMatchObject([{ skills: [csv, {}] }]);
    await update(cleaner, { isListed: false });
  });

  it('are found by their capability as those of the profile, and by what they say', async () => {
    await update(cleaner, { skills: [csv], capabilities: ['csv', 'csv.clean'] });
    expect(await names({ capability: 'csv' })).toEqual(['cleaner']);
    expect(await names({ capability: 'csv.clean' })).toEqual(['cleaner']);
    expect(await names({ capability: 'csv.cle' })).toEqual([]);
    expect(await names({ text: 'broken rows' })).toEqual(['cleaner']);
    expect(await names({ text: 'writes' })).toEqual(['poet']);
    await update(cleaner, { skills: [] });
    expect(await names({ text: 'broken rows' })).toEqual([]);
    expect(await names({ capability: 'csv.clean' })).toEqual(['cleaner']);
    await update(cleaner, { capabilities: ['csv'] });
    expect(await names({ capability: 'csv.clean' })).toEqual([]);
    expect(await find({ capability: 'csv' })).not.toHaveProperty('0.skills');
  });

  it('stay when something else is changed', async () => {
    await update(poet, { skills: [skill('poem')] });
    expect((await update(poet, { description: 'Still writes' })).body.skills).toEqual([skill('poem')]);
    expect(await names({ capability: 'poem' })).toEqual(['poet']);
  });

  it('are refused when two have one name, or when they are too long together', async () => {
    await update(poet, { skills: [skill('poem')] });
    const twice = await update(poet, { skills: [skill('a'), skill('b'), skill('a')] });
    expect(twice).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED', issues: [{ path: 'skills.2.capability' }] },
    });
    const long = (bytes: number) => [skill('long', { inputSchema: { x: 'ä'.repeat(bytes / 2) } })];
    const around = JSON.stringify(long(0)).length;
    expect(await update(poet, { skills: long(65_538 - around + (around % 2)) })).toMatchObject({
      status: 413,
      body: { code: 'PAYLOAD_TOO_LARGE' },
    });
    expect(await names({ capability: 'poem' })).toEqual(['poet']);
    expect((await update(poet, { skills: long(65_534 - around - (around % 2)) })).status).toBe(200);
    expect(await names({ capability: 'long' })).toEqual(['poet']);
  });
});

describe('agents.find', () => {
  it('shows and asks for those who take peer connections now', async () => {
    expect((await find()).map(({ isOnline }) => isOnline)).toEqual([false, false]);
    await using session = await openRegistered(gateway, poet as TestAgent);
    expect(await find({ isOnline: true })).toMatchObject([{ name: 'poet', isOnline: true }]);
    expect(await names({ isOnline: true, capability: 'csv' })).toEqual([]);
    expect(await names({ isOnline: false })).toEqual(['poet', 'cleaner']);
    await session.signal(gateway.gateway.did, { type: 'UNREGISTER' });
    expect(await find({ isOnline: true })).toEqual([]);
  });

  it('leaves out whose trust is lower, or not known, and pages through the others', async () => {
    const database = store();
    const agents: TestAgent[] = [];
    const scores = [0.9, 0.2, 0.8, 0.7996, 0.1, 0.95];
    for (const index of scores.keys())
      agents.push(await gateway.register(`t${index}`, { capabilities: ['trusted'] }));
    const newest = await gateway.register('t-unknown', { capabilities: ['trusted'] });
    const known = {
      isProvisional: false,
      factors: {} as never,
      alarm: 0,
      computedAt: new Date().toISOString(),
    } as const;
    await database.commit(({ trustScores }) => {
      agents.forEach(({ agentId }, index) => {
        trustScores.put({ ...known, workspace: 'default', agentId, score: scores[index] ?? 0 });
      });
    });
    const query = { capability: 'trusted', minTrust: 0.8, limit: 2 };
    const { body: first } = await gateway.call(poet as TestAgent, 'agents.find', query);
    const { body: second } = await gateway.call(poet as TestAgent, 'agents.find', {
      ...query,
      cursor: first.nextCursor,
    });
    expect(
      [first, second].map(({ items }) => items.map((each: Body) => [each.name, each.trustScore])),
    ).toEqual([
      [
        ['t5', 0.95],
        ['t3', 0.8],
      ],
      [
        ['t2', 0.8],
        ['t0', 0.9],
      ],
    ]);
    expect(second.nextCursor).toBeUndefined();
    const everybody = await find({ capability: 'trusted', minTrust: 0, limit: 10 });
    expect(everybody).toHaveLength(7);
    expect(everybody[0]).toMatchObject({ agentId: newest.agentId });
    await database.close();
  });
});
