import { describe, expect, it } from 'vitest';
import { openStream } from '../testing/event-stream.ts';
import {
  type Body,
  newSigner,
  type Sender,
  startGateway,
  type TestAgent,
  type TestGateway,
} from '../testing/test-gateway.ts';

const DAY_MS = 86_400_000;
const FRESH = 0.755;
/** How long what happens beside the requests may take on a busy machine. */
const SOON = { timeout: 20_000, interval: 50 };
const SLOW = { timeout: 60_000 };

const ownerOf = (gateway: TestGateway) => ({ token: gateway.ownerToken });

/** Has the owner decide about so many actions of the agent. */
async function decide(gateway: TestGateway, agent: TestAgent, answers: readonly ('approve' | 'deny')[]) {
  const actions: Body[] = [];
  for (const decision of answers) {
    const { body: action } = await gateway.call(agent, 'actions.verify', { action: 'a.b', risk: 'high' });
    const { approvalId, parametersDigest } = action;
    await gateway.call(ownerOf(gateway), 'approvals.decide', { approvalId, parametersDigest, decision });
    actions.push(action);
  }
  return actions;
}

async function trustOf(
  gateway: TestGateway,
  agentId: string,
  sender: Sender = ownerOf(gateway),
): Promise<Body> {
  return (await gateway.call(sender, 'trust.get', { agentId, detailed: true })).body;
}

const factor = (gateway: TestGateway, agentId: string, name: string) => async () => {
  const { numerator, denominator } = (await trustOf(gateway, agentId)).factors[name];
  return [numerator, denominator];
};

const lowAlerts = async (gateway: TestGateway, query: Body = {}): Promise<Body[]> =>
  (await gateway.call(ownerOf(gateway), 'alerts.list', { type: 'trust.low', ...query })).body.items;

const deny = (count: number) => Array.from({ length: count }, () => 'deny' as const);

describe('trust.get', SLOW, () => {
  it('says of a new agent that too little is known, and shows what each factor was counted from', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const { body: brief } = await gateway.call(agent, 'trust.get');
    expect(brief).toMatchObject({ agentId: agent.agentId, score: FRESH, isProvisional: true });
    expect(brief.factors).toBeUndefined();
    const detailed = await trustOf(gateway, agent.agentId);
    expect(detailed.factors.verification).toMatchObject({
      ...{ value: 0.75, weight: 0.25, numerator: 0, denominator: 0, windowDays: 30, hasEnoughData: false },
    });
    expect(Object.keys(detailed.factors)).toHaveLength(8);
  });

  it('needs to be told whose by a person, and knows nobody of another workspace', async () => {
    await using gateway = await startGateway();
    const { ownerToken } = await gateway.gateway.createWorkspace('rival');
    const { body: enrolment } = await gateway.call({ token: ownerToken }, 'tokens.create', {
      name: 'enrol',
      role: 'enrolment',
    });
    const mine = await gateway.register('alice', { isListed: true });
    const theirs = await gateway.register('alice', { isListed: true, enrolmentToken: enrolment.secret });
    expect((await gateway.call(ownerOf(gateway), 'trust.get')).body.code).toBe('VALIDATION_FAILED');
    for (const [sender, agentId] of [
      [ownerOf(gateway), theirs.agentId],
      [mine, theirs.agentId],
      [theirs, mine.agentId],
      [mine, crypto.randomUUID()],
    ] as const) {
      expect((await gateway.call(sender, 'trust.get', { agentId })).body.code).toBe('NOT_FOUND');
      expect((await gateway.call(sender, 'trust.history', { agentId })).body.code).toBe('NOT_FOUND');
    }
    await decide(gateway, mine, deny(5));
    await expect.poll(factor(gateway, mine.agentId, 'verification'), SOON).toEqual([0, 5]);
    expect((await trustOf(gateway, theirs.agentId, { token: ownerToken })).score).toBe(FRESH);
    expect((await gateway.call({ token: ownerToken }, 'alerts.list')).body.items).toEqual([]);
  });

  it('follows what is decided and reported, tells it, and keeps its history with the reason', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const { agentId } = agent;
    await using stream = await openStream(gateway, {
      ...{ sender: ownerOf(gateway), path: '/v1/events?types=trust.*' },
    });
    const historyOf = async (page: Body = {}) =>
      (await gateway.call(agent, 'trust.history', { agentId, ...page })).body;
    await expect.poll(async () => (await historyOf()).items.length, SOON).toBe(1);
    const actions = await decide(gateway, agent, [
      'approve',
      'approve',
      'approve',
      'approve',
      'approve',
      'deny',
    ]);
    for (const [index, { actionId, parametersDigest }] of actions.slice(0, 5).entries()) {
      const outcome = index === 0 ? 'failed' : 'executed';
      await gateway.call(agent, 'actions.complete', { actionId, parametersDigest, outcome });
    }
    await expect.poll(factor(gateway, agentId, 'compliance'), SOON).toEqual([5, 5]);
    const { score, isProvisional, factors } = await trustOf(gateway, agentId);
    expect(isProvisional).toBe(false);
    expect(factors).toMatchObject({
      verification: { value: 0.833, numerator: 5, denominator: 6, hasEnoughData: true },
      uptime: { value: 1, numerator: 5, denominator: 5 },
      successRate: { value: 0.8, numerator: 4, denominator: 5 },
    });
    expect(score).toBe(0.846);
    const changed = (await stream.next())?.data;
    expect(changed).toMatchObject({
      type: 'trust.changed',
      subject: agentId,
      data: { previousScore: FRESH },
    });
    const newest = await historyOf({ limit: 1 });
    expect(newest.items[0]).toMatchObject({ agentId, score, factors: { successRate: 0.8 } });
    expect(newest.items[0].reason).toMatch(/action\.(approved|executed)/);
    const older = await historyOf({ cursor: newest.nextCursor, limit: 100 });
    expect(older.items.at(-1)).toMatchObject({ score: FRESH, factors: { verification: 0.75 } });
    const { body: audit } = await gateway.call(ownerOf(gateway), 'audit.list', { subject: agentId });
    expect(audit.items.map(({ event }: Body) => event)).toEqual(['agent.registered']);
  });

  it('is 0 at once for a revoked agent, and stays it', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const { agentId } = agent;
    const revoke = { agentId, reason: 'stolen' };
    expect((await gateway.call(ownerOf(gateway), 'agents.revoke', revoke)).status).toBe(200);
    expect((await trustOf(gateway, agentId)).score).toBe(0);
    await using again = await gateway.restart();
    const other = await again.register('bob');
    await decide(again, other, deny(5));
    await expect.poll(factor(again, other.agentId, 'verification'), SOON).toEqual([0, 5]);
    expect((await trustOf(again, agentId)).score).toBe(0);
    expect(await lowAlerts(again, { agentId })).toEqual([]);
    const { body: history } = await again.call(ownerOf(again), 'trust.history', { agentId });
    expect(history.items[0]).toMatchObject({ score: 0, reason: 'The agent was revoked.' });
  });

  it('moves with the day: what is old no longer counts, and age does', async () => {
    let nowMs = Date.parse('2026-03-01T10:00:00.000Z');
    await using gateway = await startGateway({ now: () => nowMs });
    const { agentId } = await registerAt(gateway, nowMs);
    const feedback = { agentId, rating: 'positive' };
    const reason = async (on: TestGateway) =>
      (await on.call(ownerOf(on), 'trust.history', { agentId })).body.items[0]?.reason;
    await gateway.call(ownerOf(gateway), 'trust.giveFeedback', feedback);
    await expect.poll(() => reason(gateway), SOON).toMatch(/trust.feedback-given|The gateway started/);
    expect(await factor(gateway, agentId, 'userFeedback')()).toEqual([1, 1]);
    nowMs += 89 * DAY_MS;
    await gateway.call(ownerOf(gateway), 'trust.giveFeedback', { ...feedback, rating: 'negative' });
    await expect.poll(factor(gateway, agentId, 'age'), SOON).toEqual([89, 90]);
    expect((await trustOf(gateway, agentId)).factors.age.value).toBe(0.75);
    nowMs += 91 * DAY_MS;
    await using again = await gateway.restart();
    await expect.poll(() => reason(again), SOON).toBe('The gateway started.');
    expect(await factor(again, agentId, 'age')()).toEqual([180, 90]);
    expect(await factor(again, agentId, 'userFeedback')()).toEqual([0, 0]);
    nowMs -= 365 * DAY_MS;
    await using earlier = await again.restart();
    await expect.poll(factor(earlier, agentId, 'age'), SOON).toEqual([0, 90]);
  });
});

/** Registers an agent while the gateway has a time of its own. */
async function registerAt(gateway: TestGateway, nowMs: number): Promise<{ readonly agentId: string }> {
  const body = JSON.stringify({ name: 'alice' });
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', path: '/v1/agents', headers, body };
  return (await gateway.send({ signer: newSigner() }, request, { nowMs })).body;
}

describe('the threshold', SLOW, () => {
  it('raises an alert once when a score falls under it, and resolves it when it is over it again', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const { agentId } = agent;
    await decide(gateway, agent, deny(5));
    await expect.poll(async () => (await lowAlerts(gateway)).length, SOON).toBe(1);
    const [alert] = await lowAlerts(gateway);
    expect(alert).toMatchObject({ agentId, subject: agentId, severity: 'warning', status: 'open' });
    expect(alert.data).toMatchObject({ score: 0.568, threshold: 0.7 });
    const set = (trustAlertBelow: number) =>
      gateway.call(ownerOf(gateway), 'workspaces.update', { settings: { trustAlertBelow } });
    expect((await set(0.5)).status).toBe(200);
    await expect.poll(async () => (await lowAlerts(gateway))[0].status, SOON).toBe('resolved');
    const [resolved] = await lowAlerts(gateway);
    expect(resolved).toMatchObject({ resolution: 'fixed', resolvedBy: 'system', alertId: alert.alertId });
    expect((await set(0.6)).status).toBe(200);
    await expect.poll(async () => (await lowAlerts(gateway, { status: 'open' })).length, SOON).toBe(1);
    const { body: audit } = await gateway.call(ownerOf(gateway), 'audit.list', { subject: alert.alertId });
    expect(audit.items.map(({ event, actor }: Body) => [event, actor])).toEqual([
      ['alert.raised', 'system'],
      ['alert.resolved', 'system'],
    ]);
  });

  it('does not repeat what a person has closed, until it gets worse', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const { agentId } = agent;
    await decide(gateway, agent, deny(5));
    await expect.poll(async () => (await lowAlerts(gateway)).length, SOON).toBe(1);
    const { alertId } = (await lowAlerts(gateway))[0];
    await gateway.call(ownerOf(gateway), 'alerts.resolve', { alertId, resolution: 'accepted' });
    await decide(gateway, agent, deny(1));
    await expect.poll(factor(gateway, agentId, 'verification'), SOON).toEqual([0, 6]);
    expect(await lowAlerts(gateway)).toHaveLength(1);
    const [action] = await decide(gateway, agent, ['approve']);
    const tampered = { actionId: action.actionId, parametersDigest: 'A'.repeat(43), outcome: 'executed' };
    expect((await gateway.call(agent, 'actions.complete', tampered)).body.code).toBe('CONFLICT');
    await expect.poll(async () => (await lowAlerts(gateway)).length, SOON).toBe(2);
    expect((await lowAlerts(gateway))[0]).toMatchObject({ severity: 'high', status: 'open' });
  });

  it('lets a newcomer be, unless something speaks against it', async () => {
    await using gateway = await startGateway();
    const [quiet, known] = [await gateway.register('quiet'), await gateway.register('known')];
    await decide(gateway, known, deny(5));
    const update = { settings: { trustAlertBelow: 0.9 } };
    await gateway.call(ownerOf(gateway), 'workspaces.update', update);
    await expect.poll(async () => (await lowAlerts(gateway)).length, SOON).toBe(1);
    const [action] = await decide(gateway, quiet, ['approve']);
    await expect.poll(factor(gateway, quiet.agentId, 'verification'), SOON).toEqual([1, 1]);
    expect((await lowAlerts(gateway)).map(({ agentId }) => agentId)).toEqual([known.agentId]);
    const tampered = { actionId: action.actionId, parametersDigest: 'A'.repeat(43), outcome: 'executed' };
    await gateway.call(quiet, 'actions.complete', tampered);
    await expect.poll(async () => (await lowAlerts(gateway)).length, SOON).toBe(2);
  });
});

describe('trust.giveFeedback', SLOW, () => {
  it('counts a person once for an agent and an action; the newest rating wins', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const { agentId } = agent;
    const actions = await decide(gateway, agent, ['deny', 'deny']);
    const give = async (rating: string, extra: Body = {}) =>
      (await gateway.call(ownerOf(gateway), 'trust.giveFeedback', { agentId, rating, ...extra })).body;
    expect(await give('positive', { comment: 'Quick.' })).toMatchObject({
      ...{ agentId, rating: 'positive', comment: 'Quick.', givenBy: expect.stringMatching(/^member:/) },
    });
    await give('negative');
    for (const { actionId } of actions) await give('negative', { actionId });
    await expect.poll(factor(gateway, agentId, 'userFeedback'), SOON).toEqual([0, 3]);
    expect((await trustOf(gateway, agentId)).factors.userFeedback).toMatchObject({
      value: 0.5,
      windowDays: 90,
    });
    await give('positive', { actionId: actions[0]?.actionId });
    await expect.poll(factor(gateway, agentId, 'userFeedback'), SOON).toEqual([1, 3]);
    const { body: audit } = await gateway.call(ownerOf(gateway), 'audit.list', {
      event: 'trust.feedback-given',
    });
    expect(audit.items).toHaveLength(5);
    expect(JSON.stringify(audit.items)).not.toContain('Quick.');
  });

  it('is for people alone, about agents and actions of their workspace', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const other = await gateway.register('bob');
    const { ownerToken: rival } = await gateway.gateway.createWorkspace('rival');
    const { body: machine } = await gateway.call(ownerOf(gateway), 'tokens.create', {
      name: 'm',
      role: 'reader',
    });
    const [foreign] = await decide(gateway, other, ['deny']);
    const give = async (sender: Sender, extra: Body = {}) => {
      const feedback = { agentId: agent.agentId, rating: 'positive', ...extra };
      return (await gateway.call(sender, 'trust.giveFeedback', feedback)).body.code;
    };
    expect([
      await give(agent),
      await give(other),
      await give({ token: machine.secret }),
      await give({ token: rival }),
      await give(ownerOf(gateway), { agentId: crypto.randomUUID() }),
      await give(ownerOf(gateway), { actionId: crypto.randomUUID() }),
      await give(ownerOf(gateway), { actionId: foreign.actionId }),
      await give(ownerOf(gateway), { rating: 'splendid' }),
    ]).toEqual([
      ...['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'NOT_FOUND'],
      ...['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'VALIDATION_FAILED'],
    ]);
  });
});
