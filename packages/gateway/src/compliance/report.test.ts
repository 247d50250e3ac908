import { DatabaseSync } from 'node:sqlite';
import { verifyCheckpoint, verifyInclusion } from '@bonafide/core/audit';
import { digestOf } from '@bonafide/core/identity';
import type { ComplianceReport, Control } from '@bonafide/core/models';
import { extractText, getDocumentProxy } from 'unpdf';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Body, startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';

const DAY_MS = 86_400_000;

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway[Symbol.asyncDispose]());

function owner() {
  return { token: gateway.ownerToken };
}

async function ok(...call: Parameters<TestGateway['call']>): Promise<Body> {
  const { status, body } = await gateway.call(...call);
  if (status !== 200) throw new Error(`${call[1]}: ${JSON.stringify(body)}`);
  return body;
}

async function report(reportType: string, input: Body = {}): Promise<ComplianceReport> {
  return (await ok(owner(), 'compliance.report', { reportType, ...input })).report;
}

function controlOf({ controls }: ComplianceReport, id: string): Control {
  const control = controls.find((each) => each.id === id);
  if (!control) throw new Error(`no control ${id}`);
  return control;
}

function verdicts({ controls }: ComplianceReport): Record<string, string> {
  return Object.fromEntries(controls.map(({ id, verdict }) => [id, verdict]));
}

/** Asks for an action, lets the owner answer when a person must, and reports it as run. */
async function run(agent: TestAgent, action: string, risk: string): Promise<Body> {
  const asked = await ok(agent, 'actions.verify', { action, risk, parameters: { id: 7 } });
  const { actionId, approvalId, parametersDigest } = asked;
  if (approvalId) {
    await ok(owner(), 'approvals.decide', { approvalId, decision: 'approve', parametersDigest });
  }
  return ok(agent, 'actions.complete', { actionId, outcome: 'executed', parametersDigest });
}

describe('a report about a workspace that is run well', () => {
  let agent: TestAgent;
  beforeEach(async () => {
    agent = await gateway.register('billing-agent');
    await run(agent, 'db.read', 'low');
    await run(agent, 'db.delete', 'high');
    await run(agent, 'money.transfer', 'critical');
    const denied = await ok(agent, 'actions.verify', { action: 'db.drop', risk: 'critical' });
    const { approvalId, parametersDigest } = denied;
    await ok(owner(), 'approvals.decide', { approvalId, decision: 'deny', parametersDigest });
    await ok(agent, 'actions.verify', { action: 'db.wait', risk: 'high' });
    await ok(owner(), 'capabilities.grant', {
      agentId: agent.agentId,
      capability: 'db.*',
      reason: 'its job',
    });
    await ok(owner(), 'policies.put', { cedar: '', note: 'The defaults are enough.' });
  });

  it('meets what its log shows, and says what no log can', async () => {
    const soc2 = await report('soc2');
    expect(verdicts(soc2)).toEqual({
      'CC6.1': 'met',
      'CC6.2': 'met',
      'CC6.3': 'met',
      'CC6.6': 'met',
      'CC7.2': 'met',
      'CC7.3': 'met',
      'CC8.1': 'met',
    });
    expect(verdicts(await report('hipaa'))).toMatchObject({
      '164.312(a)(1)': 'met',
      '164.312(c)(1)': 'notAssessed',
      '164.312(e)(1)': 'notAssessed',
    });
    expect(verdicts(await report('gdpr'))).toMatchObject({
      'Art. 15': 'notAssessed',
      'Art. 32': 'met',
      'Art. 33': 'notAssessed',
    });
    expect(soc2.exceptions).toEqual([]);
    expect(soc2.statement).toContain('not certification');
  });

  it('counts what happened', async () => {
    const { totals, days, approvals, keyEvents, trust, scope } = await report('soc2');
    expect(totals).toMatchObject({
      actions: 5,
      byRisk: { low: 1, medium: 0, high: 2, critical: 2 },
      byStatus: { approved: 3, denied: 1, pending: 4, executed: 3 },
      approvals: { requested: 4, approved: 2, denied: 1, expired: 0 },
    });
    expect(totals.medianApprovalSeconds).toBeGreaterThanOrEqual(0);
    expect(days.at(-1)).toMatchObject({ approved: 3, denied: 1, pending: 1, expired: 0 });
    expect(days).toHaveLength(31);
    expect(approvals.map(({ action }) => action)).toEqual(['db.delete', 'money.transfer', 'db.drop']);
    expect(approvals[0]?.decidedBy).toMatch(/^member:/);
    expect(keyEvents.map(({ event }) => event)).toContain('agent.registered');
    expect(trust.map(({ name }) => name)).toEqual(['billing-agent']);
    expect(scope).toMatchObject({ firstSequence: 1, entriesWithoutData: 0 });
  });

  it('names evidence that anybody can look up and prove against the signed checkpoint', async () => {
    const { controls, integrity } = await report('soc2');
    const { checkpoint } = integrity;
    expect(integrity.isVerified, integrity.explanation).toBe(true);
    await verifyCheckpoint(checkpoint, { gatewayDid: gateway.gateway.did });
    const risky = controlOf({ controls } as ComplianceReport, 'CC6.1').evidence.find(({ query }) =>
      query.startsWith('Actions of high or critical risk that'),
    );
    expect(risky?.count).toBe(2);
    for (const sequence of risky?.sequences ?? []) {
      const { items } = await ok(owner(), 'audit.list', { limit: 100 });
      const entry = items.find((each: Body) => each.sequence === sequence);
      expect(entry).toMatchObject({ event: 'action.executed', data: { agentId: agent.agentId } });
      const proof = await ok(owner(), 'audit.proveInclusion', { sequence, size: checkpoint.size });
      expect(proof.rootHash).toBe(checkpoint.rootHash);
      const bytes = (hash: string) => Buffer.from(hash, 'base64');
      const { leafHash, rootHash, hashes, size } = proof;
      const claim = { leafHash: bytes(leafHash), rootHash: bytes(rootHash), hashes: hashes.map(bytes) };
      expect(verifyInclusion({ index: sequence - 1, size, ...claim })).toBe(true);
    }
  });

  it('comes as CSV and PDF under a name that says what it is', async () => {
    const period = { from: '2026-10-01T00:00:00Z', to: '2026-11-01T00:00:00Z' };
    const csv = await ok(owner(), 'compliance.report', { reportType: 'gdpr', format: 'csv', ...period });
    expect(csv).toMatchObject({
      filename: 'bonafide-gdpr-2026-10-01-2026-10-31.csv',
      mediaType: 'text/csv; charset=utf-8',
    });
    expect(csv.content).toContain('Art. 5(2)');
    const pdf = await ok(owner(), 'compliance.report', { reportType: 'hipaa', format: 'pdf' });
    expect(pdf.filename).toMatch(/^bonafide-hipaa-[\d-]+\.pdf$/);
    const document = await getDocumentProxy(new Uint8Array(Buffer.from(pdf.content, 'base64')));
    const { text } = await extractText(document, { mergePages: true });
    expect(text).toContain('164.312(a)(2)(i)');
    expect(text).toContain('billing-agent');
    expect(pdf.report).toBeUndefined();
  });

  it('is told to an agent about itself alone', async () => {
    const other = await gateway.register('other-agent');
    await run(other, 'db.read', 'low');
    const { report: own } = await ok(other, 'compliance.report', { reportType: 'soc2' });
    expect(own).toMatchObject({ agentId: other.agentId, totals: { actions: 1 } });
    expect(own.integrity.isVerified, own.integrity.explanation).toBe(true);
    expect(JSON.stringify(own)).not.toContain(agent.agentId);
    const foreign = { reportType: 'soc2', agentId: agent.agentId };
    expect((await gateway.call(other, 'compliance.report', foreign)).status).toBe(403);
    expect((await report('soc2', { agentId: agent.agentId })).totals.actions).toBe(5);
  });

  it('is not told to another workspace', async () => {
    const { ownerToken: token } = await gateway.gateway.createWorkspace('elsewhere');
    const answer = await gateway.call({ token }, 'compliance.report', { reportType: 'soc2' });
    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer.body)).not.toContain(agent.agentId);
    expect(answer.body.report.totals.actions).toBe(0);
    const foreign = { reportType: 'soc2', agentId: agent.agentId };
    expect((await gateway.call({ token }, 'compliance.report', foreign)).body.code).toBe('NOT_FOUND');
  });
});

describe('what turns a control into a gap', () => {
  it('is an action of high risk that ran without an approval', async () => {
    const agent = await gateway.register('careless-agent');
    await ok(agent, 'actions.log', { action: 'db.delete', risk: 'high', outcome: 'executed' });
    const soc2 = await report('soc2');
    expect(controlOf(soc2, 'CC6.1').verdict).toBe('gap');
    expect(soc2.exceptions).toEqual([expect.objectContaining({ event: 'action.executed' })]);
    const [exception] = soc2.exceptions;
    expect(controlOf(soc2, 'CC6.1').evidence).toContainEqual(
      expect.objectContaining({ count: 1, sequences: [exception?.sequence] }),
    );
    expect(controlOf(await report('gdpr'), 'Art. 32').verdict).toBe('gap');
  });

  it('is a key that nobody replaced for over a year, until somebody does', async () => {
    const agent = await gateway.register('old-agent');
    gateway = await gateway.restart({ now: () => Date.now() + 400 * DAY_MS });
    const soc2 = await report('soc2');
    expect(controlOf(soc2, 'CC6.1').verdict).toBe('gap');
    expect(soc2.exceptions).toContainEqual(expect.objectContaining({ subject: agent.agentId }));
    await ok(owner(), 'agents.revoke', { agentId: agent.agentId, reason: 'its key is too old' });
    expect(controlOf(await report('soc2'), 'CC6.1').verdict).not.toBe('gap');
  });

  it('is a grant for everything', async () => {
    const { agentId } = await gateway.register('mighty-agent');
    await ok(owner(), 'capabilities.grant', { agentId, capability: '*', reason: 'why not' });
    expect(controlOf(await report('soc2'), 'CC6.3').verdict).toBe('gap');
  });

  it('is an alert that nobody looked at for a week', async () => {
    await tamper(await gateway.register('bad-agent'));
    const first = await report('soc2');
    expect(first.alerts).toEqual({ 'approval.tampered': 1 });
    expect(controlOf(first, 'CC7.3').verdict).toBe('met');
    const { alertId } = (await ok(owner(), 'alerts.list')).items[0];
    gateway = await gateway.restart({ now: () => Date.now() + 8 * DAY_MS });
    expect(controlOf(await report('soc2'), 'CC7.3').verdict).toBe('gap');
    await ok(owner(), 'alerts.acknowledge', { alertId });
    // Too late is too late.
    expect(controlOf(await report('soc2'), 'CC7.3').verdict).toBe('gap');
  });

  it('is an attempt to run other parameters than were approved', async () => {
    await tamper(await gateway.register('bad-agent'));
    const soc2 = await report('soc2');
    expect(controlOf(soc2, 'CC7.2').verdict).toBe('gap');
    expect(soc2.exceptions).toEqual([expect.objectContaining({ event: 'action.violation' })]);
  });

  it('is a field in the log that the workspace redacts', async () => {
    const agent = await gateway.register('chatty-agent');
    const parameters = { patientName: 'Ann', password: 'hunter2' };
    await ok(agent, 'actions.verify', { action: 'db.read', risk: 'low', parameters });
    expect(controlOf(await report('gdpr'), 'Art. 25').verdict).toBe('met');
    await ok(owner(), 'workspaces.update', { settings: { redactedFields: ['patient_name'] } });
    expect(controlOf(await report('gdpr'), 'Art. 25').verdict).toBe('gap');
  });

  it('is a policy without a note', async () => {
    await ok(owner(), 'policies.put', { cedar: '' });
    expect(controlOf(await report('soc2'), 'CC8.1').verdict).toBe('gap');
  });

  it('is a log that somebody changed', async () => {
    const agent = await gateway.register('honest-agent');
    await run(agent, 'db.read', 'low');
    expect(controlOf(await report('gdpr'), 'Art. 5(2)').verdict).toBe('met');
    edit("UPDATE audit SET actor = 'system' WHERE event = 'agent.registered'");
    const changed = await report('gdpr');
    expect(controlOf(changed, 'Art. 5(2)').verdict).toBe('gap');
    expect(changed.integrity).toMatchObject({ isVerified: false });
    expect((await ok(owner(), 'compliance.report', { reportType: 'soc2' })).report.integrity.isVerified).toBe(
      false,
    );
  });

  it('is data that is gone though no retention removed it', async () => {
    await gateway.register('honest-agent');
    edit("UPDATE audit SET data = NULL WHERE event = 'agent.registered'");
    expect((await report('soc2')).integrity.explanation).toContain('is gone');
  });
});

/** Tries to run other parameters than were approved. */
async function tamper(agent: TestAgent): Promise<void> {
  const { actionId } = await ok(agent, 'actions.verify', {
    action: 'db.read',
    risk: 'low',
    parameters: { id: 1 },
  });
  const parametersDigest = digestOf({ id: 2 });
  const report = { actionId, outcome: 'executed', parametersDigest };
  expect((await gateway.call(agent, 'actions.complete', report)).status).toBe(409);
}

function edit(sql: string): void {
  const database = new DatabaseSync(gateway.database);
  database.exec(`PRAGMA busy_timeout = 5000; ${sql}`);
  database.close();
}

describe('compliance.report', () => {
  it('assesses nothing of a period in which nothing happened', async () => {
    const empty = await report('soc2', { from: '2025-01-01T00:00:00Z', to: '2025-02-01T00:00:00Z' });
    expect(new Set(Object.values(verdicts(empty)))).toEqual(new Set(['notAssessed']));
    expect(empty.scope.entries).toBe(0);
    expect(empty.days).toHaveLength(31);
  });

  it.each([
    [{ from: '2026-11-02T00:00:00Z', to: '2026-11-01T00:00:00Z' }],
    [{ from: '2020-01-01T00:00:00Z', to: '2026-11-01T00:00:00Z' }],
    [{ from: '9999-01-01T00:00:00Z' }],
    [{ to: 'yesterday' }],
  ])('refuses the period %j', async (period) => {
    const answer = await gateway.call(owner(), 'compliance.report', { reportType: 'soc2', ...period });
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
  });

  it('knows no agent that there is not', async () => {
    const agentId = '0199a1b2-0000-7000-8000-000000000000';
    const answer = await gateway.call(owner(), 'compliance.report', { reportType: 'soc2', agentId });
    expect(answer).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  it.each([
    ['auditor', 200],
    ['approver', 200],
    ['reader', 200],
    ['member', 403],
    ['enrolment', 403],
  ])('answers a token of role %s with %i', async (role, status) => {
    const { secret } = await ok(owner(), 'tokens.create', { name: role, role });
    expect((await gateway.call({ token: secret }, 'compliance.report', { reportType: 'soc2' })).status).toBe(
      status,
    );
  });
});
