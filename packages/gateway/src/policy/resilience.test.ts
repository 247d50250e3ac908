import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Body, startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';

const SLOW = { timeout: 60_000 };
const SOON = { timeout: 20_000, interval: 50 };
const deep = `@id("a") forbid (principal, action, resource) when { ${'('.repeat(5000)}true${')'.repeat(5000)} };`;

let gateway: TestGateway;
let agent: TestAgent;
let owner: { token: string };
beforeAll(async () => {
  gateway = await startGateway();
  owner = { token: gateway.ownerToken };
  agent = await gateway.register('alice');
});
afterAll(() => gateway[Symbol.asyncDispose]());

const verify = async (parameters: object = {}): Promise<Body> => {
  const asked = { action: 'reports.export', risk: 'low', parameters };
  const { status, body } = await gateway.call(agent, 'actions.verify', asked);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
};
const put = async (cedar: string, mode = 'enforce'): Promise<number> =>
  (await gateway.call(owner, 'policies.put', { cedar, mode })).body.version;
const alertsOf = async (version: number): Promise<Body[]> =>
  (await gateway.call(owner, 'alerts.list', { type: 'policy.failing' })).body.items.filter(
    ({ subject }: Body) => subject === `policy:${version}`,
  );

/** Past every check: a database that somebody wrote to, or an engine that reads less than the one before. */
async function smuggle(cedar: string, mode = 'enforce'): Promise<number> {
  const version = (await put('', mode)) + 1;
  const revision = crypto.randomUUID();
  using database = new DatabaseSync(gateway.database);
  database
    .prepare('INSERT INTO policies VALUES (?, ?, ?, ?, ?, NULL, ?, ?)')
    .run('default', version, revision, mode, cedar, 'system', new Date().toISOString());
  database
    .prepare("UPDATE active_policies SET version = ?, revision = ? WHERE workspace = 'default' AND mode = ?")
    .run(version, revision, mode);
  return version;
}

describe('policies that end the engine', SLOW, () => {
  it('deny what they should decide, raise an alert, and touch no other workspace', async () => {
    const version = await smuggle(deep);
    for (let n = 0; n < 3; n += 1) {
      expect(await verify()).toMatchObject({
        ...{ status: 'denied', rule: 'policy.failing', policyVersion: version },
        reason: `The policies in force (version ${version}) could not be asked, so nothing is permitted.`,
      });
    }
    await vi.waitFor(async () => expect(await alertsOf(version)).toHaveLength(1), SOON);
    expect((await alertsOf(version))[0]).toMatchObject({ severity: 'critical', data: { version } });
    const lines = gateway.lines.filter((line) => line.includes('engine ended and is started anew'));
    // Two instances, then the text is left alone.
    expect(lines).toHaveLength(2);

    const other = { token: (await gateway.gateway.createWorkspace('other')).ownerToken };
    const { body } = await gateway.call(other, 'tokens.create', { name: 'e', role: 'enrolment' });
    expect(body).toMatchObject({ secret: expect.any(String) });
    const cases = [{ name: 'x', action: 'a.b', risk: 'low', expect: 'approved' }];
    expect((await gateway.call(other, 'policies.test', { cases })).body).toMatchObject({ passed: 1 });
  });

  it('are explained, without evaluations', async () => {
    const { status, body } = await gateway.call(agent, 'policies.explain', { action: 'reports.export' });
    expect([status, body]).toMatchObject([
      200,
      { status: 'denied', rule: 'policy.failing', evaluations: [] },
    ]);
  });

  it('are over as soon as others are put', async () => {
    await put('');
    expect(await verify()).toMatchObject({ status: 'approved', rule: 'default.low' });
  });

  it('change no decision when they are only tried out', async () => {
    const version = await smuggle(deep, 'shadow');
    expect(await verify()).toMatchObject({ status: 'approved', rule: 'default.low' });
    expect(await verify()).not.toHaveProperty('shadow');
    await vi.waitFor(
      async () => expect(await alertsOf(version)).toMatchObject([{ severity: 'warning' }]),
      SOON,
    );
    await put('', 'shadow');
  });

  it('that cannot even be read deny as well', async () => {
    const version = await smuggle('permit (');
    expect(await verify()).toMatchObject({
      status: 'denied',
      rule: 'policy.failing',
      policyVersion: version,
    });
    await put('');
  });
});

describe('what an agent sends', SLOW, () => {
  it.each([
    ['objects', JSON.parse(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`)],
    ['lists', JSON.parse(`${'['.repeat(60)}1${']'.repeat(60)}`)],
  ])('does not end the engine, as deep as the gateway reads: %s', async (_, to) => {
    const version = await put(
      '@id("to") forbid (principal, action, resource) when { context.parameters has to && context.parameters.to == "x" };',
    );
    const before = endings();
    expect(await verify({ to })).toMatchObject({ rule: 'default.low', policyVersion: version });
    expect(endings()).toBe(before);
    await put('');
  });
});

const endings = (): number => gateway.lines.filter((line) => line.includes('engine ended')).length;

const long = Array.from(
  { length: 200 },
  (_, n) => `@id("p${n}") forbid (principal, action, resource) when { context.risk == "high" };`,
).join('\n');

describe('texts that are read while others are decided about', SLOW, () => {
  it('a hundred of them hold up no decision, and their workspace is told when it asks too much', async () => {
    const order: string[] = [];
    const note = (what: string) => (answer: { status: number }) => {
      order.push(`${what} ${answer.status}`);
    };
    const lints = Array.from({ length: 100 }, () =>
      gateway.call(owner, 'policies.lint', { cedar: long }).then(note('lint')),
    );
    const decisions = Array.from({ length: 20 }, () =>
      gateway.call(agent, 'actions.verify', { action: 'reports.export', risk: 'low' }).then(note('decision')),
    );
    await Promise.all([...lints, ...decisions]);
    const count = (line: string): number => order.filter((each) => each === line).length;
    expect(count('decision 200')).toBe(20);
    expect(count('lint 200') + count('lint 429')).toBe(100);
    expect(count('lint 429')).toBeGreaterThan(0);
    expect(order.at(-1)).toBe('lint 200');
    expect(order.lastIndexOf('decision 200')).toBeLessThan(order.lastIndexOf('lint 200'));
  });

  it('are tried out with as many cases as one may ask, each with its own answer', async () => {
    const cases = Array.from({ length: 200 }, (_, n) => ({
      ...{ name: `case ${n}`, action: n % 3 === 0 ? 'reports.export' : 'reports.read', risk: 'low' },
      expect: n % 3 === 0 ? 'denied' : 'approved',
    }));
    const cedar = '@id("no") forbid (principal, action, resource == Operation::"reports.export");';
    const { body } = await gateway.call(owner, 'policies.test', { cedar, cases });
    expect(body).toMatchObject({ passed: 200, failed: 0 });
    expect(body.results.map(({ name }: Body) => name)).toEqual(cases.map(({ name }) => name));
  });

  it('are answered with UNAVAILABLE when the gateway stops', async () => {
    const stopping = await startGateway();
    const who = { token: stopping.ownerToken };
    const lints = Array.from({ length: 5 }, () => stopping.call(who, 'policies.lint', { cedar: long }));
    await Promise.race(lints);
    await stopping[Symbol.asyncDispose]();
    const statuses = (await Promise.all(lints)).map(({ status }) => status).sort();
    expect(statuses[0]).toBe(200);
    expect(statuses.at(-1)).toBe(503);
  });
});
