import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';

let gateway: TestGateway;
let agent: TestAgent;
let owner: { token: string };
beforeAll(async () => {
  gateway = await startGateway();
  owner = { token: gateway.ownerToken };
  agent = await gateway.register('alice');
});
afterAll(() => gateway[Symbol.asyncDispose]());

const exportsAreFine = `@id("exports-are-fine")
permit (principal, action, resource == Operation::"reports.export");`;
const noExports = `@id("no-exports") @reason("Exports are closed this week.")
forbid (principal, action, resource == Operation::"reports.export");`;

const put = (input: object) => gateway.call(owner, 'policies.put', input);
const verify = async (action: string, more: object = {}) =>
  (await gateway.call(agent, 'actions.verify', { action, ...more })).body;

describe('policies.put', () => {
  it('is in force as soon as it answers, and is named by what it decides', async () => {
    expect(await verify('reports.export', { risk: 'high' })).toMatchObject({
      status: 'pending',
      policyVersion: 0,
    });
    const { body } = await put({ cedar: exportsAreFine, note: 'asked for by sales' });
    expect(body).toMatchObject({ mode: 'enforce', isActive: true, note: 'asked for by sales' });
    expect(await verify('reports.export', { risk: 'high' })).toMatchObject({
      ...{ status: 'approved', rule: 'exports-are-fine', policyVersion: body.version },
    });
    await put({ cedar: noExports });
    expect(await verify('reports.export', { risk: 'low' })).toMatchObject({
      ...{ status: 'denied', rule: 'no-exports', reason: 'Exports are closed this week.' },
    });
    await put({ cedar: '' });
    expect((await verify('reports.export', { risk: 'low' })).rule).toBe('default.low');
  });

  it('is in force also when another connection wrote it', async () => {
    const version = (await put({ cedar: '' })).body.version + 1;
    expect((await verify('reports.export', { risk: 'low' })).status).toBe('approved');
    using other = new DatabaseSync(gateway.database);
    const [at, revision] = [new Date().toISOString(), crypto.randomUUID()];
    other
      .prepare('INSERT INTO policies VALUES (?, ?, ?, ?, ?, NULL, ?, ?)')
      .run('default', version, revision, 'enforce', noExports, 'system', at);
    other
      .prepare(
        "UPDATE active_policies SET version = ?, revision = ? WHERE workspace = 'default' AND mode = 'enforce'",
      )
      .run(version, revision);
    expect((await verify('reports.export', { risk: 'low' })).status).toBe('denied');
    await put({ cedar: '' });
  });

  it('refuses what has errors, with line and column, and stores nothing', async () => {
    const before = (await gateway.call(owner, 'policies.list')).body.items.length;
    const cedar = '// first line\npermit (principal, action, resource)\nwhen { principal.rank > 3 };';
    const { status, body } = await put({ cedar });
    expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
    expect(body.issues).toEqual([
      { path: 'cedar', message: expect.stringMatching(/^line 3, column 8: policy1: attribute `rank`/) },
    ]);
    expect(body.details.policyIssues[0]).toMatchObject({ severity: 'error', line: 3, column: 8 });
    expect((await gateway.call(owner, 'policies.list')).body.items).toHaveLength(before);
  });

  it('takes ifVersion: of two who changed the same version one is told', async () => {
    const { version } = (await put({ cedar: '' })).body;
    const both = await Promise.all([
      put({ cedar: '', ifVersion: version }),
      put({ cedar: '', ifVersion: version }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('is for owners, and in the log with the digest of the text', async () => {
    expect((await gateway.call(agent, 'policies.put', { cedar: exportsAreFine })).status).toBe(403);
    const { body } = await put({ cedar: exportsAreFine });
    const { items } = (await gateway.call(owner, 'audit.list', { event: 'policy.put', limit: 100 })).body;
    expect(items.at(-1)).toMatchObject({
      subject: `policy:${body.version}`,
      data: { version: body.version, mode: 'enforce', textDigest: expect.any(String) },
    });
    await put({ cedar: '' });
  });
});

describe('policies.get and policies.list', () => {
  it('show the defaults as version 0, with the policies of the operator', async () => {
    await using operated = await startGateway({ policy: noExports });
    const asked = { token: operated.ownerToken };
    const { body } = await operated.call(asked, 'policies.get');
    expect(body).toMatchObject({ version: 0, isActive: true });
    expect(body.cedar).toContain('@id("default.medium")');
    expect(body.cedar).toContain('@id("no-exports")');
    expect((await operated.call(asked, 'policies.get', { mode: 'shadow' })).status).toBe(404);
    const one = await operated.register('alice');
    const { body: denied } = await operated.call(one, 'actions.verify', {
      action: 'reports.export',
      risk: 'low',
    });
    expect(denied).toMatchObject({
      status: 'denied',
      reason: 'Exports are closed this week.',
      policyVersion: 0,
    });
  });

  it('keep every version, page by page, and say which is in force', async () => {
    const versions = [];
    for (const cedar of [exportsAreFine, noExports, '']) versions.push((await put({ cedar })).body.version);
    const first = (await gateway.call(agent, 'policies.list', { limit: 2 })).body;
    const second = (await gateway.call(agent, 'policies.list', { limit: 2, cursor: first.nextCursor })).body;
    const listed = [...first.items, ...second.items].slice(0, 3);
    expect(listed.map(({ version }) => version)).toEqual(versions.toReversed());
    expect(listed.map(({ isActive }) => isActive)).toEqual([true, false, false]);
    const { body } = await gateway.call(agent, 'policies.get', { version: versions[1] });
    expect(body).toMatchObject({ cedar: noExports, isActive: false });
    expect((await gateway.call(agent, 'policies.get', { version: 9999 })).status).toBe(404);
  });
});

describe('policies.lint', () => {
  const lint = async (cedar: string) => (await gateway.call(owner, 'policies.lint', { cedar })).body;

  it('finds nothing wrong with good policies', async () => {
    expect(await lint(`${exportsAreFine}\n${noExports}`)).toEqual({ isValid: true, issues: [] });
  });

  it.each([
    ['syntax', 'permit (principal, action, resource) when { ', 'unexpected end of input', 1],
    [
      'an unknown attribute',
      '@id("a")\npermit (principal, action, resource) when { principal.nme == "x" };',
      'nme',
      2,
    ],
    [
      'an unknown action',
      '@id("a")\nforbid (principal, action == Action::"go", resource);',
      'unrecognized action',
      2,
    ],
    [
      'a parameter that may be missing',
      '@id("é")\nforbid (principal, action, resource) when { context.parameters.n > 1 };',
      'unable to guarantee',
      2,
    ],
    [
      'two minds about a type',
      '@id("a") forbid (principal, action, resource) when { context.parameters has n && context.parameters.n > 1 && context.parameters.n == "x" };',
      'not compatible',
      1,
    ],
    [
      'all parameters at once',
      '@id("a")\nforbid (principal, action, resource) when { context.parameters == {} };',
      'parameter by parameter',
      1,
    ],
    [
      'a risk there is not',
      '@id("a") forbid (principal, action, resource) when { context.risk == "hihg" };',
      'no risk "hihg"',
      1,
    ],
    [
      'capitals in a name',
      '@id("a") forbid (principal, action, resource == Operation::"Bank.Pay");',
      'small letters',
      1,
    ],
    [
      'capitals in a pattern',
      '@id("a") forbid (principal, action, resource) when { resource.name like "Bank.*" };',
      'small letters',
      1,
    ],
    [
      'the same id twice',
      '@id("a") forbid (principal, action, resource);\n@id("a") forbid (principal, action, resource);',
      'Two policies',
      1,
    ],
    [
      'an id of the defaults',
      '@id("default.low") forbid (principal, action, resource);',
      'belong to the defaults',
      1,
    ],
    ['a template', 'permit (principal == ?principal, action, resource);', 'emplate', undefined],
  ])('points to %s', async (_, cedar, message, line) => {
    const { isValid, issues } = await lint(cedar);
    expect(isValid).toBe(false);
    const found = issues.find((each: { message: string }) => each.message.includes(message));
    expect(found, JSON.stringify(issues)).toMatchObject({ severity: 'error', ...(line ? { line } : {}) });
  });

  it.each([
    ['has no @id', 'forbid (principal, action, resource) when { context.risk == "high" };', 'no @id'],
    ['permits everything', '@id("a") permit (principal, action, resource);', 'every action up to high risk'],
    [
      'permits by agent alone',
      '@id("a") permit (principal, action, resource) when { principal.agentType == "service" };',
      'Names no action',
    ],
    ['forbids everything', '@id("a") forbid (principal, action, resource);', 'Forbids every action'],
    [
      'can never hold',
      '@id("a") forbid (principal, action, resource) when { resource.name == "a.b" && false };',
      'impossible',
    ],
  ])('warns of what %s', async (_, cedar, message) => {
    const { isValid, issues } = await lint(cedar);
    expect(isValid).toBe(true);
    expect(issues).toContainEqual(
      expect.objectContaining({
        severity: 'warning',
        line: 1,
        column: 1,
        message: expect.stringContaining(message),
      }),
    );
  });
});

describe('policies.test', () => {
  it('decides cases by a text that is not stored, or by what is in force', async () => {
    const cases = [
      {
        name: 'a service exports',
        action: 'reports.export',
        agentType: 'service',
        risk: 'high',
        expect: 'approved',
      },
      { name: 'nobody pays', action: 'bank.pay', capabilities: ['*'], expect: 'pending' },
      { name: 'a capability covers', action: 'crm.write', capabilities: ['crm.*'], expect: 'approved' },
      { name: 'little trust', action: 'crm.write', capabilities: ['crm.*'], trust: 0.4, expect: 'pending' },
      { name: 'of this agent', action: 'crm.write', agentId: agent.agentId, expect: 'approved' },
    ];
    const { body } = await gateway.call(owner, 'policies.test', { cedar: exportsAreFine, cases });
    expect(body).toMatchObject({ passed: 4, failed: 1 });
    expect(body.results[0]).toMatchObject({ hasPassed: true, status: 'approved', rule: 'exports-are-fine' });
    expect(body.results[4]).toMatchObject({ hasPassed: false, expected: 'approved', status: 'pending' });
    const now = await gateway.call(owner, 'policies.test', { cases });
    expect(now.body.results[0]).toMatchObject({ status: 'pending', rule: 'default.high' });
    expect((await gateway.call(owner, 'policies.test', { cedar: 'permit', cases })).status).toBe(400);
  });

  it('knows no agent of another workspace', async () => {
    const rival = { token: (await gateway.gateway.createWorkspace('rival')).ownerToken };
    const cases = [{ name: 'x', action: 'a.b', agentId: agent.agentId, expect: 'approved' }];
    expect((await gateway.call(rival, 'policies.test', { cases })).status).toBe(404);
  });
});

describe('policies.explain', () => {
  it('names the rule and everything that led to it', async () => {
    const { body } = await gateway.call(agent, 'policies.explain', { action: 'db.delete_user', risk: 'low' });
    expect(body).toMatchObject({
      ...{ status: 'pending', risk: 'high', rule: 'default.high', requestedRisk: 'low', minimumRisk: 'high' },
      ...{ agentId: agent.agentId, agentStatus: 'active', policyVersion: expect.any(Number) },
      minimumRiskFrom: "the word 'delete' in its name",
      evaluations: [
        { approved: false, isPermitted: false, determinedBy: [], errors: [] },
        { approved: true, isPermitted: true, determinedBy: ['default.high'], errors: [] },
      ],
    });
  });

  it('decides a past action again, by the policies of today', async () => {
    const { actionId } = await verify('reports.export', { risk: 'high' });
    await put({ cedar: exportsAreFine });
    expect((await gateway.call(owner, 'policies.explain', { actionId })).body).toMatchObject({
      ...{ status: 'approved', rule: 'exports-are-fine' },
    });
    await put({ cedar: '' });
  });

  it('tells an agent nothing of others', async () => {
    const bob = await gateway.register('bob');
    const { actionId } = await verify('reports.export');
    expect((await gateway.call(bob, 'policies.explain', { actionId })).status).toBe(403);
    const other = { agentId: agent.agentId, action: 'a.b' };
    expect((await gateway.call(bob, 'policies.explain', other)).status).toBe(403);
    expect((await gateway.call(owner, 'policies.explain', { action: 'a.b' })).status).toBe(400);
  });
});

describe('shadow policies', () => {
  it('decide nothing, and where they would differ it is on the action', async () => {
    const { body: shadow } = await put({ cedar: noExports, mode: 'shadow' });
    const tried = await verify('reports.export', { risk: 'low' });
    expect(tried).toMatchObject({
      ...{ status: 'approved', shadow: { version: shadow.version, status: 'denied', rule: 'no-exports' } },
    });
    expect((await gateway.call(owner, 'actions.get', { actionId: tried.actionId })).body.shadow).toEqual(
      tried.shadow,
    );
    expect(await verify('reports.read', { risk: 'low' })).not.toHaveProperty('shadow');
    await put({ cedar: '', mode: 'shadow' });
    expect(await verify('reports.export', { risk: 'low' })).not.toHaveProperty('shadow');
  });
});

describe('a workspace', () => {
  it('has policies of its own, and minimum risks that hold for every caller', async () => {
    const { ownerToken } = await gateway.gateway.createWorkspace('other');
    const other = { token: ownerToken };
    await gateway.call(other, 'policies.put', { cedar: noExports });
    expect((await verify('reports.export', { risk: 'low' })).status).toBe('approved');
    expect((await gateway.call(owner, 'policies.get')).body.cedar).not.toContain('no-exports');
    const settings = { minimumRisks: [{ action: 'reports.*', risk: 'high' }] };
    expect((await gateway.call(owner, 'workspaces.update', { settings })).status).toBe(200);
    expect(await verify('Reports.Export', { risk: 'low' })).toMatchObject({
      status: 'pending',
      risk: 'high',
    });
    await gateway.call(owner, 'workspaces.update', { settings: { minimumRisks: [] } });
  });
});
