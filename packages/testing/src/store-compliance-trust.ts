import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const NOW = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-02T00:00:00.000Z';

type Tables = Parameters<Parameters<Store['commit']>[0]>[0];
type Row<Table extends keyof Tables, Method extends keyof Tables[Table]> = Tables[Table][Method] extends (
  row: infer First,
  ...rest: never[]
) => unknown
  ? First
  : never;
type Alert = Row<'alerts', 'insert'>;
type Trust = Row<'trustScores', 'put'>;

const alertOf = (alertId: string, change: Partial<Alert> = {}): Alert => ({
  ...{ alertId, workspace: 'a', type: 'trust.low', severity: 'high', status: 'open', title: 't' },
  ...{ subject: alertId, data: { n: 1, deep: [null, 'x'] }, createdAt: NOW, ...change },
});

const nothing = {
  ...{ approved: 0, denied: 0, expired: 0, unanswered: 0 },
  ...{ executed: 0, failed: 0, supervised: 0, violations: 0 },
};

const values = {
  ...{ verification: 1, uptime: 0.5, successRate: 1, securityAlerts: 1 },
  ...{ compliance: 1, age: 0.3, drift: 1, userFeedback: 0.75 },
};

/** The part of the suite about alerts and trust. */
export function testTrust(store: () => Store): void {
  testAlerts(store);
  testTallies(store);
  testScores(store);
  testFeedback(store);
  testFeeds(store);
}

function testAlerts(store: () => Store): void {
  const insert = (...alerts: Alert[]) =>
    store().commit((tables) => {
      for (const alert of alerts) tables.alerts.insert(alert);
    });
  const idsOf = (alerts: readonly { readonly alertId: string }[]) => alerts.map(({ alertId }) => alertId);

  it('keeps an alert whole, through every change', async () => {
    await insert(alertOf('1'));
    expect(store().read.alerts.get({ workspace: 'a', id: '1' })).toEqual(alertOf('1'));
    const changed = alertOf('1', {
      ...{ severity: 'critical', status: 'resolved', title: 'worse', agentId: 'x', data: {} },
      ...{ acknowledgedBy: 'm', acknowledgedAt: NOW, resolvedBy: 'n', resolvedAt: LATER },
      ...{ resolution: 'accepted', note: 'so be it' },
    });
    await store().commit((tables) => tables.alerts.update(changed));
    expect(store().read.alerts.get({ workspace: 'a', id: '1' })).toEqual(changed);
    expect(store().read.alerts.get({ workspace: 'b', id: '1' })).toBeUndefined();
  });

  it('refuses a second unresolved alert of a type about a subject, in the same workspace', async () => {
    await insert(alertOf('1', { subject: 's' }), alertOf('2', { subject: 's', workspace: 'b' }));
    await insert(alertOf('3', { subject: 's', type: 'mcp.drift' }));
    await expect(insert(alertOf('4', { subject: 's', status: 'acknowledged' }))).rejects.toThrow();
    const about = { workspace: 'a', type: 'trust.low', subject: 's' } as const;
    expect(store().read.alerts.getUnresolved(about)?.alertId).toBe('1');
    await store().commit(({ alerts }) =>
      alerts.update(alertOf('1', { subject: 's', status: 'resolved', resolution: 'fixed' })),
    );
    expect(store().read.alerts.getUnresolved(about)).toBeUndefined();
    await insert(alertOf('4', { subject: 's' }));
    expect(store().read.alerts.getUnresolved(about)?.alertId).toBe('4');
  });

  it('lists alerts newest first in pages, by what they are', async () => {
    await insert(alertOf('1', { agentId: 'x' }), alertOf('2', { severity: 'info', type: 'mcp.drift' }));
    await insert(alertOf('3', { status: 'acknowledged' }), alertOf('4', { workspace: 'b' }));
    const list = (query: object, page: object = {}) =>
      idsOf(store().read.alerts.list({ workspace: 'a', ...query }, { limit: 9, ...page }));
    expect([list({}), list({}, { limit: 1, before: '3' })]).toEqual([['3', '2', '1'], ['2']]);
    expect([list({ agentId: 'x' }), list({ type: 'mcp.drift' }), list({ severity: 'info' })]).toEqual([
      ...[['1'], ['2'], ['2']],
    ]);
    expect([list({ status: 'acknowledged' }), list({ status: 'open', severity: 'high' })]).toEqual([
      ...[['3'], ['1']],
    ]);
  });

  it('counts against an agent what is unresolved or recent, and no false alarm', async () => {
    const before = '2025-12-31T00:00:00.000Z';
    const resolved = { status: 'resolved', resolution: 'fixed' } as const;
    await insert(
      ...[
        alertOf('1', { agentId: 'x', createdAt: before }),
        alertOf('2', { agentId: 'x', ...resolved }),
        alertOf('3', { agentId: 'x', ...resolved, createdAt: before }),
        alertOf('4', { agentId: 'x', ...resolved, resolution: 'falseAlarm' }),
        alertOf('5', { agentId: 'x', severity: 'info', status: 'acknowledged' }),
        alertOf('6', { agentId: 'y' }),
        alertOf('7', { agentId: 'x', workspace: 'b' }),
      ],
    );
    expect(store().read.alerts.listCountsAgainst({ workspace: 'a', id: 'x' }, NOW)).toEqual([
      { type: 'trust.low', severity: 'high', count: 2, unresolved: 1 },
      { type: 'trust.low', severity: 'info', count: 1, unresolved: 1 },
    ]);
  });
}

function testTallies(store: () => Store): void {
  it('adds up what happened to an agent, from a day on', async () => {
    const add = (day: string, tally: object, change: object = {}) =>
      store().commit(({ tallies }) => tallies.add({ workspace: 'a', agentId: 'x', day, ...change }, tally));
    await add('2026-01-01', { approved: 1 });
    await add('2026-01-02', { approved: 2, violations: 1 });
    await add('2026-01-02', { approved: 3, unanswered: 1 });
    await add('2026-01-02', { approved: 99 }, { agentId: 'y' });
    await add('2026-01-02', { approved: 99 }, { workspace: 'b' });
    const sum = (day: string, agentId = 'x') =>
      store().read.tallies.getSumSince({ workspace: 'a', agentId, day });
    expect(sum('2026-01-01')).toEqual({ ...nothing, approved: 6, violations: 1, unanswered: 1 });
    expect(sum('2026-01-02')).toEqual({ ...nothing, approved: 5, violations: 1, unanswered: 1 });
    expect([sum('2026-01-03'), sum('2026-01-01', 'z')]).toEqual([nothing, nothing]);
    await store().commit(({ tallies }) => tallies.prune('2026-01-02'));
    expect(sum('2026-01-01').approved).toBe(5);
  });

  it('moves the cursor and the counts together, or neither', async () => {
    expect(store().read.tallies.getCursor()).toBe(0);
    const count = (eventId: number, fails: boolean) =>
      store().commit(({ tallies }) => {
        tallies.add({ workspace: 'a', agentId: 'x', day: '2026-01-01' }, { approved: 1 });
        tallies.setCursor(eventId);
        if (fails) throw new Error('no');
      });
    await count(7, false);
    await expect(count(8, true)).rejects.toThrow('no');
    const { approved } = store().read.tallies.getSumSince({
      ...{ workspace: 'a', agentId: 'x', day: '2026-01-01' },
    });
    expect([store().read.tallies.getCursor(), approved]).toEqual([7, 1]);
  });
}

function testScores(store: () => Store): void {
  it('keeps the last score of an agent, unrounded', async () => {
    const factor = {
      value: 1,
      weight: 0.25,
      numerator: 5,
      denominator: 5,
      hasEnoughData: true,
      explanation: 'e',
    };
    const trust: Trust = {
      ...{ workspace: 'a', agentId: 'x', score: 0.1 + 0.2, isProvisional: false, alarm: 2, computedAt: NOW },
      factors: {
        ...{ verification: factor, uptime: factor, successRate: factor, securityAlerts: factor },
        ...{ compliance: factor, age: factor, drift: factor, userFeedback: factor },
      },
    };
    const { trustScores } = store().read;
    expect(trustScores.getScore({ workspace: 'a', id: 'x' })).toBeUndefined();
    await store().commit((tables) => tables.trustScores.put({ ...trust, score: 1, isProvisional: true }));
    await store().commit((tables) => tables.trustScores.put(trust));
    expect(trustScores.get({ workspace: 'a', id: 'x' })).toEqual(trust);
    expect(trustScores.getScore({ workspace: 'a', id: 'x' })).toBe(0.1 + 0.2);
    expect(trustScores.get({ workspace: 'b', id: 'x' })).toBeUndefined();
  });

  it('lists what a score was, newest first in pages', async () => {
    const append = (score: number, change: object = {}) =>
      store().commit(({ trustHistory }) => {
        const point = { workspace: 'a', agentId: 'x', score, factors: values, reason: 'r', computedAt: NOW };
        trustHistory.append({ ...point, ...change });
      });
    const key = { workspace: 'a', id: 'x' };
    const { trustHistory } = store().read;
    expect([trustHistory.getNewestScore(key), trustHistory.list(key, { limit: 9 })]).toEqual([undefined, []]);
    for (const score of [0.1, 0.2, 0.3]) await append(score);
    await append(0.9, { agentId: 'y' });
    await append(0.9, { workspace: 'b' });
    const first = trustHistory.list(key, { limit: 2 });
    const second = trustHistory.list(key, { limit: 2, before: first.at(-1)?.position });
    expect([...first, ...second].map(({ score }) => score)).toEqual([0.3, 0.2, 0.1]);
    expect(first[0]).toMatchObject({ agentId: 'x', factors: values, reason: 'r', computedAt: NOW });
    expect(trustHistory.getNewestScore(key)).toBe(0.3);
  });
}

function testFeedback(store: () => Store): void {
  it('counts what each person said last of an agent and an action, from a time on', async () => {
    const give = (givenBy: string, rating: 'positive' | 'negative', change: object = {}) =>
      store().commit(({ feedback }) =>
        feedback.put('a', {
          ...{ feedbackId: crypto.randomUUID(), agentId: 'x', rating, givenBy, createdAt: LATER, ...change },
        }),
      );
    const count = (since: string, workspace = 'a') =>
      store().read.feedback.getCountsSince({ workspace, id: 'x' }, since);
    expect(count(NOW)).toEqual({ positive: 0, negative: 0 });
    await give('m', 'positive');
    await give('m', 'negative');
    await give('m', 'negative', { actionId: 'action-1' });
    await give('n', 'positive', { actionId: 'action-1', comment: 'c' });
    await give('o', 'positive', { createdAt: NOW });
    await give('n', 'positive', { agentId: 'y' });
    expect([count(NOW), count(LATER), count(NOW, 'b')]).toEqual([
      ...[
        { positive: 2, negative: 2 },
        { positive: 1, negative: 2 },
        { positive: 0, negative: 0 },
      ],
    ]);
  });
}

function testFeeds(store: () => Store): void {
  it('lists the events of all workspaces in order', async () => {
    await store().commit(({ events }) => {
      for (const workspace of ['a', 'b', 'a']) {
        events.append({ workspace, type: 'x.y', subject: 's', time: NOW, data: { workspace } });
      }
    });
    const first = store().read.events.listEverywhereAfter(0, 2);
    const second = store().read.events.listEverywhereAfter(first.at(-1)?.id ?? 0, 2);
    expect([...first, ...second].map(({ workspace }) => workspace)).toEqual(['a', 'b', 'a']);
    expect(store().read.events.listEverywhereAfter(second.at(-1)?.id ?? 0, 2)).toEqual([]);
  });

  it('lists active agents of one workspace or of all, in pages', async () => {
    const agentOf = (agentId: string, change: object = {}) => ({
      ...{ agentId, did: `did-${agentId}`, name: agentId, agentType: 'ai_agent' as const, description: '' },
      ...{ capabilities: [], status: 'active' as const, isListed: false, workspace: 'a', previousDids: [] },
      ...{ createdAt: NOW, updatedAt: NOW, ...change },
    });
    await store().commit(({ agents }) => {
      for (const each of [agentOf('3'), agentOf('1'), agentOf('2', { workspace: 'b' })]) agents.insert(each);
      agents.insert(agentOf('4', { status: 'revoked' }));
    });
    const list = (range: object) =>
      store()
        .read.agents.listActive({ limit: 9, ...range })
        .map(({ workspace, agentId }) => `${workspace}/${agentId}`);
    expect([
      list({}),
      list({ workspace: 'a' }),
      list({ after: '1', limit: 1 }),
      list({ after: '3' }),
    ]).toEqual([...[['a/1', 'b/2', 'a/3'], ['a/1', 'a/3'], ['b/2'], []]]);
  });
}
