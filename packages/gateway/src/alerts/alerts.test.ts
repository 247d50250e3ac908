import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alert } from '@bonafide/core/models';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryBus } from '../bus/memory/memory-bus.ts';
import { createLedger, type Ledger } from '../ledger.ts';
import { openSqliteStore } from '../stores/sqlite/open.ts';
import type { Store } from '../stores/store.ts';
import { openStream } from '../testing/event-stream.ts';
import { type Body, startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';
import { acknowledgeAlert, resolveAlert, settleAlert } from './answer.ts';
import { type NewAlert, raiseAlert } from './raise.ts';

const SOON = { timeout: 20_000, interval: 50 };
const SLOW = { timeout: 60_000 };

describe('raising an alert', () => {
  let folder: string;
  let store: Store;
  let ledger: Ledger;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bonafide-alerts-'));
    store = openSqliteStore(join(folder, 'store.db'));
    ledger = createLedger({ store, bus: createMemoryBus(), now: Date.now });
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  const raise = (change: Partial<NewAlert> = {}, workspace = 'a') =>
    ledger.commit({ workspace, actor: 'system' }, (tx) => {
      const alert = {
        type: 'mcp.drift',
        severity: 'warning',
        title: 't',
        subject: 's',
        data: { n: 1 },
      } as const;
      return raiseAlert(tx, { ...alert, ...change });
    });
  const answer = <Output>(work: (tx: Parameters<Parameters<Ledger['commit']>[1]>[0]) => Output) =>
    ledger.commit({ workspace: 'a', actor: 'member:m' }, work);
  const all = (workspace = 'a') => store.read.alerts.list({ workspace }, { limit: 100 });
  const eventsOf = (workspace = 'a') =>
    store.read.events.listAfter({ workspaces: [workspace], after: 0, limit: 100 }).map(({ type }) => type);
  const auditOf = () =>
    store.read.audit.list({ workspace: 'a' }, { after: 0, limit: 100 }).map(({ event }) => event);

  it('keeps one of a kind about a subject, with the newest data, and repeats nothing', async () => {
    const first = await raise();
    for (let n = 2; n <= 20; n += 1) await raise({ data: { n }, severity: 'info', title: 'other' });
    expect(all()).toEqual([{ ...first, data: { n: 20 } }]);
    expect([eventsOf(), auditOf()]).toEqual([['alert.raised'], ['alert.raised']]);
  });

  it('keeps other kinds, subjects and workspaces apart', async () => {
    await Promise.all([raise(), raise({ type: 'trust.low' }), raise({ subject: 'other' }), raise({}, 'b')]);
    expect([all().length, all('b').length]).toEqual([3, 1]);
  });

  it('opens it again with the higher severity when matters got worse', async () => {
    const { alertId } = await raise();
    await answer((tx) => acknowledgeAlert(tx, { alertId, note: 'Looking.' }));
    await raise({ severity: 'warning' });
    expect(all()[0]?.status).toBe('acknowledged');
    await raise({ severity: 'critical', title: 'worse' });
    expect(all()).toEqual([
      expect.objectContaining({ alertId, severity: 'critical', status: 'open', title: 'worse' }),
    ]);
    expect(all()[0]).not.toHaveProperty('acknowledgedBy');
    await raise({ severity: 'high' });
    expect(all()[0]?.severity).toBe('critical');
    expect(eventsOf()).toEqual(['alert.raised', 'alert.acknowledged', 'alert.raised']);
  });

  it('makes a new one once the last is resolved', async () => {
    const { alertId } = await raise();
    await answer((tx) => resolveAlert(tx, { alertId, resolution: 'fixed' }));
    expect((await raise()).alertId).not.toBe(alertId);
    expect(all().map(({ status }) => status)).toEqual(['open', 'resolved']);
  });

  it('is undone with the change that raised it', async () => {
    const failing = ledger.commit({ workspace: 'a', actor: 'system' }, (tx) => {
      raiseAlert(tx, {
        type: 'trust.low',
        severity: 'high',
        title: 't',
        subject: 's',
        agentId: 'x',
        data: {},
      });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect([all(), eventsOf(), auditOf()]).toEqual([[], [], []]);
  });

  it('is ended by what raised it, and only then', async () => {
    const about = { type: 'mcp.drift', subject: 's', note: 'Over.' } as const;
    await answer((tx) => settleAlert(tx, about));
    await raise();
    await answer((tx) => settleAlert(tx, { ...about, subject: 'other' }));
    expect(all()[0]?.status).toBe('open');
    await answer((tx) => settleAlert(tx, about));
    expect(all()[0]).toMatchObject({ status: 'resolved', resolution: 'fixed', note: 'Over.' });
  });

  const resolutions: readonly NonNullable<Alert['resolution']>[] = ['fixed', 'accepted', 'falseAlarm'];

  it.each(resolutions)(
    'is closed as %s once, and cleared later only as a false alarm',
    async (resolution) => {
      const { alertId } = await raise();
      const close = (as: (typeof resolutions)[number]) =>
        answer((tx) => resolveAlert(tx, { alertId, resolution: as }));
      const closed = await close(resolution);
      expect(closed).toMatchObject({ status: 'resolved', resolution, resolvedBy: 'member:m' });
      expect(await close(resolution)).toEqual(closed);
      const other = resolution === 'fixed' ? 'accepted' : 'fixed';
      await expect(close(other)).rejects.toMatchObject({ code: 'CONFLICT' });
      await expect(answer((tx) => acknowledgeAlert(tx, { alertId }))).rejects.toMatchObject({
        code: 'CONFLICT',
      });
      expect((await close('falseAlarm')).resolution).toBe('falseAlarm');
    },
  );
});

/** Reports other parameters than were approved, which raises an alert. */
async function tamper(gateway: TestGateway, agent: TestAgent): Promise<void> {
  const { body: action } = await gateway.call(agent, 'actions.verify', { action: 'a.b', risk: 'high' });
  const { actionId, approvalId, parametersDigest } = action;
  const decision = { approvalId, parametersDigest, decision: 'approve' };
  await gateway.call({ token: gateway.ownerToken }, 'approvals.decide', decision);
  const other = { actionId, parametersDigest: 'A'.repeat(43), outcome: 'executed' };
  expect((await gateway.call(agent, 'actions.complete', other)).body.code).toBe('CONFLICT');
}

const list = async (gateway: TestGateway, sender: Parameters<TestGateway['call']>[0], query: Body = {}) =>
  (await gateway.call(sender, 'alerts.list', { type: 'approval.tampered', ...query })).body;

describe('alerts', SLOW, () => {
  it('are seen by people, and by an agent only when they are about itself', async () => {
    await using gateway = await startGateway();
    const owner = { token: gateway.ownerToken };
    const [alice, bob] = [await gateway.register('alice'), await gateway.register('bob')];
    await tamper(gateway, alice);
    const { items } = await list(gateway, owner);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ agentId: alice.agentId, severity: 'high', status: 'open' });
    expect((await list(gateway, alice)).items).toEqual(items);
    expect((await list(gateway, bob)).items).toEqual([]);
    expect((await list(gateway, bob, { agentId: alice.agentId })).code).toBe('FORBIDDEN');
    const { ownerToken: rival } = await gateway.gateway.createWorkspace('rival');
    expect((await list(gateway, { token: rival })).items).toEqual([]);
    for (const id of ['alerts.acknowledge', 'alerts.resolve'] as const) {
      const input = {
        alertId: items[0].alertId,
        ...(id === 'alerts.resolve' ? { resolution: 'fixed' } : {}),
      };
      expect((await gateway.call({ token: rival }, id, input)).body.code).toBe('NOT_FOUND');
      expect((await gateway.call(alice, id, input)).body.code).toBe('FORBIDDEN');
    }
  });

  it('are listed newest first in pages, filtered by what they are', async () => {
    await using gateway = await startGateway();
    const owner = { token: gateway.ownerToken };
    const agent = await gateway.register('alice');
    for (let index = 0; index < 5; index += 1) await tamper(gateway, agent);
    const seen: Body[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await list(gateway, owner, { limit: 2, ...(cursor ? { cursor } : {}) });
      seen.push(...page.items);
      cursor = page.nextCursor;
      if (!cursor) break;
    }
    const ids = seen.map(({ alertId }) => alertId);
    expect(ids).toHaveLength(5);
    expect(ids).toEqual(ids.toSorted().toReversed());
    await gateway.call(owner, 'alerts.acknowledge', { alertId: ids[0] });
    expect((await list(gateway, owner, { status: 'acknowledged' })).items).toHaveLength(1);
    expect((await list(gateway, owner, { severity: 'critical' })).items).toEqual([]);
    expect((await list(gateway, owner, { agentId: agent.agentId, status: 'open' })).items).toHaveLength(4);
    expect((await list(gateway, owner, { cursor: 'bogus' })).code).toBe('VALIDATION_FAILED');
  });

  it('count against the agent until they are found false, which is its appeal', async () => {
    await using gateway = await startGateway();
    const owner = { token: gateway.ownerToken };
    const agent = await gateway.register('alice');
    const alerts = async () => {
      const { body } = await gateway.call(agent, 'trust.get', { detailed: true });
      return body.factors.securityAlerts.value;
    };
    await tamper(gateway, agent);
    await expect.poll(alerts, SOON).toBe(0.5);
    const { alertId } = (await list(gateway, owner)).items[0];
    const acknowledged = await gateway.call(owner, 'alerts.acknowledge', { alertId, note: 'Looking.' });
    expect(acknowledged.body).toMatchObject({ status: 'acknowledged', note: 'Looking.' });
    const close = async (resolution: string) => {
      const answer = { alertId, resolution, note: resolution };
      return (await gateway.call(owner, 'alerts.resolve', answer)).status;
    };
    expect(await close('accepted')).toBe(200);
    expect(await close('fixed')).toBe(409);
    expect(await alerts()).toBe(0.5);
    expect(await close('falseAlarm')).toBe(200);
    await expect.poll(alerts, SOON).toBe(1);
    const { body: audit } = await gateway.call(owner, 'audit.list', { subject: alertId });
    expect(audit.items.map(({ event }: Body) => event)).toEqual([
      ...['alert.raised', 'alert.acknowledged', 'alert.resolved', 'alert.resolved'],
    ]);
  });

  it('are followed: the open ones, then each change, from where the reader was', async () => {
    await using gateway = await startGateway();
    const owner = { token: gateway.ownerToken };
    const [alice, bob] = [await gateway.register('alice'), await gateway.register('bob')];
    // Or trust would fall under it meanwhile and raise alerts as well.
    await gateway.call(owner, 'workspaces.update', { settings: { trustAlertBelow: 0 } });
    await tamper(gateway, alice);
    const path = '/v1/alerts/watch';
    await using watch = await openStream(gateway, { sender: owner, path });
    await using own = await openStream(gateway, { sender: bob, path });
    const before = (await watch.next())?.data;
    expect(before).toMatchObject({ agentId: alice.agentId, status: 'open' });
    const { alertId } = before;
    await gateway.call(owner, 'alerts.acknowledge', { alertId });
    const seen = await watch.next();
    expect(seen?.data).toMatchObject({ alertId, status: 'acknowledged' });
    await gateway.call(owner, 'alerts.resolve', { alertId, resolution: 'accepted' });
    expect((await watch.next())?.data).toMatchObject({ alertId, status: 'resolved' });
    await tamper(gateway, bob);
    expect((await watch.next())?.data).toMatchObject({ agentId: bob.agentId, status: 'open' });
    expect((await own.next())?.data).toMatchObject({ agentId: bob.agentId });
    const lastEventId = seen?.id ?? '';
    await using resumed = await openStream(gateway, { sender: owner, path, lastEventId });
    expect((await resumed.next())?.data).toMatchObject({ alertId, status: 'resolved' });
  });
});
