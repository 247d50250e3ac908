import type { Store } from '@bonafide/gateway';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testAcl } from './store-compliance-acl.ts';
import { testAudit } from './store-compliance-audit.ts';
import { testChain } from './store-compliance-chain.ts';
import { testCheckpoints } from './store-compliance-checkpoints.ts';
import { testDecisions } from './store-compliance-decisions.ts';
import { testGrants } from './store-compliance-grants.ts';
import { testKeeper } from './store-compliance-keeper.ts';
import { testKv } from './store-compliance-kv.ts';
import { testLaunches } from './store-compliance-launches.ts';
import { testMarks } from './store-compliance-marks.ts';
import { testMcpServers } from './store-compliance-mcp-servers.ts';
import { testMessages } from './store-compliance-messages.ts';
import { testPeers } from './store-compliance-peers.ts';
import { testPeople } from './store-compliance-people.ts';
import { testSessions } from './store-compliance-sessions.ts';
import { testTasks } from './store-compliance-tasks.ts';
import { testTrust } from './store-compliance-trust.ts';
import { testWebhooks } from './store-compliance-webhooks.ts';
import { testWorkflows } from './store-compliance-workflows.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-02T00:00:00.000Z';

const agentOf = (name: string, change: object = {}) => ({
  ...{ agentId: `agent-${name}`, did: `did-${name}`, name, agentType: 'ai_agent' as const, description: '' },
  ...{ capabilities: ['csv'], status: 'active' as const, isListed: false, workspace: 'a', previousDids: [] },
  ...{ createdAt: NOW, updatedAt: NOW, ...change },
});

const actionOf = (actionId: string, change: object = {}) => ({
  ...{
    actionId,
    workspace: 'a',
    agentId: 'agent-x',
    action: 'a.b',
    parameters: { n: 1 },
    parametersDigest: 'd',
  },
  ...{
    risk: 'low' as const,
    status: 'approved' as const,
    reason: 'r',
    createdAt: NOW,
    updatedAt: NOW,
    ...change,
  },
});

const entryOf = (workspace: string) => ({
  ...{ workspace, at: NOW, actor: 'system', event: 'x.y', subject: 's', data: { a: [1, null] } },
});

/** What every store of the gateway must hold; `open` opens the same storage again each time within one test. */
export function testStore(
  name: string,
  provide: () => Promise<{ open(): Store; remove(): Promise<void> }>,
): void {
  describe(`${name} is a store that`, () => {
    let storage: Awaited<ReturnType<typeof provide>>;
    let store: Store;
    beforeEach(async () => {
      storage = await provide();
      store = storage.open();
    });
    afterEach(async () => {
      await store.close();
      await storage.remove();
    });

    testCommits(
      () => store,
      async () => {
        await store.close();
        store = storage.open();
      },
    );
    testTables(() => store);
    testLists(() => store);
    testRequests(() => store);
    testAcl({ store: () => store, openAnother: () => storage.open() });
    testGrants(() => store);
    testAudit({ store: () => store, openAnother: () => storage.open() });
    testChain(() => store);
    testWebhooks(() => store);
    testWorkflows(() => store);
    testMarks({ store: () => store });
    testPeople(() => store);
    testPeers(() => store);
    testMcpServers(() => store);
    testDecisions(() => store);
    testTrust(() => store);
    testKeeper(() => store);
    testMessages(() => store);
    testTasks(() => store);
    testLaunches(() => store);
    testKv(() => store);

    testSessions({ store: () => store });
    testCheckpoints(() => store);
  });
}

function testCommits(store: () => Store, reopen: () => Promise<void>): void {
  it('keeps what was committed when it is opened again', async () => {
    await store().commit((tables) => tables.agents.insert(agentOf('x')));
    await reopen();
    expect(store().read.agents.get({ workspace: 'a', id: 'agent-x' })).toEqual(agentOf('x'));
  });

  it('lets one failing change of a turn fail alone, whole', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 9 }, (_, index) =>
        store().commit((tables) => {
          tables.actions.insert(actionOf(`action-${index}`));
          if (index % 3 === 1) throw new Error('no');
          return index;
        }),
      ),
    );
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7, 8].map((index) => index % 3 !== 1),
    );
    const kept = store().read.actions.list({ workspace: 'a' }, { limit: 20 });
    expect(kept.map(({ actionId }) => actionId)).toEqual(
      [8, 6, 5, 3, 2, 0].map((index) => `action-${index}`),
    );
  });

  it('shows a change to the next one of the same turn, and to readers only once it is durable', async () => {
    const first = store().commit((tables) => tables.agents.insert(agentOf('x')));
    const second = store().commit((tables) => tables.agents.getByName('a', 'x')?.agentId);
    expect(store().read.agents.getByName('a', 'x')).toBeUndefined();
    await first;
    expect(await second).toBe('agent-x');
  });

  it('refuses what breaks a key, and keeps the rest of the turn', async () => {
    const [first, second, third] = await Promise.allSettled([
      store().commit((tables) => tables.agents.insert(agentOf('x'))),
      store().commit((tables) => tables.agents.insert(agentOf('y', { did: 'did-x' }))),
      store().commit((tables) => tables.agents.insert(agentOf('z'))),
    ]);
    expect([first?.status, second?.status, third?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
}

function testTables(store: () => Store): void {
  it('keeps workspaces apart in every read', async () => {
    await store().commit((tables) => {
      tables.agents.insert(agentOf('x'));
      tables.actions.insert(actionOf('action-1'));
      tables.audit.append(entryOf('a'));
    });
    const { read } = store();
    expect(read.agents.get({ workspace: 'b', id: 'agent-x' })).toBeUndefined();
    expect(read.actions.get({ workspace: 'b', id: 'action-1' })).toBeUndefined();
    expect(read.actions.list({ workspace: 'b' }, { limit: 9 })).toEqual([]);
    expect(read.audit.list({ workspace: 'b' }, { after: 0, limit: 9 })).toEqual([]);
    expect(read.agents.findProfiles({ workspace: 'b' }, { limit: 9 })).toEqual([]);
  });

  it('gives events ids that rise over all workspaces, and says how far retention has come', async () => {
    const at = (time: string, workspace = 'a') =>
      store().commit((tables) =>
        tables.events.append({ workspace, type: 't', subject: 's', time, data: {} }),
      );
    const ids = [await at(NOW), await at(NOW, 'b'), await at(LATER)];
    expect(ids.toSorted((a, b) => a - b)).toEqual(ids);
    const after = (workspaces: string[]) =>
      store()
        .read.events.listAfter({ workspaces, after: 0, limit: 9 })
        .map(({ id }) => id);
    expect(after(['a'])).toEqual([ids[0], ids[2]]);
    expect(after(['a', 'b'])).toEqual(ids);
    await store().commit((tables) => tables.events.prune('2027-01-01T00:00:00.000Z'));
    expect(after(['a', 'b'])).toEqual([ids[2]]);
    expect(store().read.events.getBounds()).toEqual({ floor: ids[1], newest: ids[2] });
  });

  it('knows every key an agent ever had', async () => {
    await store().commit((tables) => tables.agents.insert(agentOf('x')));
    await store().commit((tables) => tables.agents.replaceKey(agentOf('x'), 'did-new'));
    expect(store().read.agents.findByDid('did-x')).toMatchObject({ did: 'did-new', previousDids: ['did-x'] });
    expect(store().read.agents.findByDid('did-new')?.agentId).toBe('agent-x');
    expect(['did-new', 'did-x'].map((did) => store().read.agents.getStatusOfKey(did))).toEqual([
      'active',
      undefined,
    ]);
    await expect(
      store().commit((tables) => tables.agents.insert(agentOf('y', { did: 'did-x' }))),
    ).rejects.toThrow();
  });
}

function testLists(store: () => Store): void {
  it('finds listed agents of other workspaces, by capability and text, never revoked ones', async () => {
    await store().commit((tables) => {
      tables.agents.insert(agentOf('x', { isListed: true, description: '100% Clean_CSV' }));
      tables.agents.insert(agentOf('y', { isListed: true, status: 'revoked' }));
      tables.agents.insert(agentOf('z'));
    });
    const find = (query: object) =>
      store()
        .read.agents.findProfiles({ workspace: 'b', ...query }, { limit: 9 })
        .map(({ name }) => name);
    expect([
      find({}),
      find({ text: 'clean_' }),
      find({ text: '%x' }),
      find({ capability: 'csv' }),
      find({ capability: 'cs' }),
    ]).toEqual([['x'], ['x'], [], ['x'], []]);
  });

  it('lists newest first in pages', async () => {
    await store().commit((tables) => ['1', '2', '3'].map((each) => tables.actions.insert(actionOf(each))));
    const page = (before?: string) =>
      store()
        .read.actions.list({ workspace: 'a' }, { limit: 2, before })
        .map(({ actionId }) => actionId);
    expect([page(), page('2')]).toEqual([['3', '2'], ['1']]);
  });

  it('keeps artifact bytes, and makes private ones public but not the reverse', async () => {
    const put = (visibility: 'workspace' | 'public') =>
      store().commit((tables) =>
        tables.artifacts.put({
          workspace: 'a',
          cid: 'c',
          visibility,
          mediaType: 'x/y',
          content: Uint8Array.of(0, 255),
          createdAt: NOW,
        }),
      );
    await put('workspace');
    expect(store().read.artifacts.get('b', 'c')).toBeUndefined();
    await put('public');
    await put('workspace');
    expect(store().read.artifacts.get('b', 'c')?.visibility).toBe('public');
    expect([...(store().read.artifacts.get('a', 'c')?.content ?? [])]).toEqual([0, 255]);
  });
}

function testRequests(store: () => Store): void {
  it('takes a nonce once, until it is pruned', async () => {
    const nonce = { did: 'd', nonce: 'n', expires: 100 };
    const insert = () => store().commit((tables) => tables.nonces.insert(nonce));
    expect([await insert(), await insert()]).toEqual([true, false]);
    expect(store().read.nonces.listAlive(100)).toEqual([nonce]);
    await store().commit((tables) => tables.nonces.prune(101));
    expect(await insert()).toBe(true);
  });

  it('keeps the first answer to a key, and removes only old ones', async () => {
    const answer = (key: string, createdAt: string, body: string | undefined = 'x') => ({
      ...{ principal: 'p', key, workspace: 'a', digest: 'd', body, createdAt },
    });
    const insert = (key: string, createdAt: string) =>
      store().commit((tables) => tables.answers.insert(answer(key, createdAt)));
    expect([await insert('1', NOW), await insert('1', LATER), await insert('2', LATER)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(store().read.answers.get('p', '1')).toEqual(answer('1', NOW));
    await store().commit((tables) => tables.answers.prune(LATER));
    expect([store().read.answers.get('p', '1'), store().read.answers.get('p', '2')]).toEqual([
      undefined,
      answer('2', LATER),
    ]);
    await store().commit((tables) => tables.answers.prune('2027-01-01T00:00:00.000Z'));
    expect(store().read.answers.get('p', '2')).toBeUndefined();
  });
}
