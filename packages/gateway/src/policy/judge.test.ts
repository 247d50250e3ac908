import type { PolicyTestCase, Risk } from '@bonafide/core/models';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenPolicy, openPolicy } from './testing/open-policy.ts';

let engine: OpenPolicy;
beforeAll(async () => {
  engine = await openPolicy();
});
afterAll(() => engine[Symbol.asyncDispose]());

const risks = ['low', 'medium', 'high', 'critical'] as const satisfies readonly Risk[];
const strictness = { approved: 0, pending: 1, denied: 2 };

describe('the defaults', () => {
  it.each([
    // risk, trust, capability, status, rule
    ['low', 0.3, [], 'approved', 'default.low'],
    ['low', 0.29, [], 'pending', 'default.low'],
    ['medium', 0.5, ['reports.*'], 'approved', 'default.medium'],
    ['medium', 0.49, ['reports.*'], 'pending', 'default.medium'],
    ['medium', 1, [], 'pending', 'default.medium'],
    ['medium', 1, ['other.*'], 'pending', 'default.medium'],
    ['high', 1, ['*'], 'pending', 'default.high'],
    ['critical', 1, ['*'], 'pending', 'default.critical-needs-a-person'],
  ] as const)('%s risk with trust %s and %j: %s by %s', (risk, trust, capabilities, status, rule) => {
    expect(engine.ask({ risk, trust, capabilities: [...capabilities] })).toMatchObject({ status, rule });
  });

  it('tell what to do next', () => {
    expect(engine.ask({ risk: 'medium' }).reason).toContain('capabilities.request');
    expect(engine.ask({ risk: 'medium', trust: 0.4, capabilities: ['*'] }).reason).toContain('trust of 0.5');
    expect(engine.ask({ risk: 'critical' }).reason).toBe('Critical risk always needs a person.');
  });
});

describe('policies of a workspace', () => {
  const exportAll = `@id("exports") permit (principal, action, resource) when { resource.name == "reports.export" };`;

  it('lift high to automatic, and never critical', () => {
    expect(engine.ask({ risk: 'high' }, exportAll)).toMatchObject({ status: 'approved', rule: 'exports' });
    expect(engine.ask({ risk: 'critical' }, exportAll)).toMatchObject({ status: 'pending' });
  });

  it('forbid, with the reason they give, whatever else permits', () => {
    const cedar = `${exportAll} @id("no-exports") @reason("Exports are closed.")
      forbid (principal, action, resource == Operation::"reports.export");`;
    expect(engine.ask({ risk: 'low' }, cedar)).toMatchObject({
      ...{ status: 'denied', rule: 'no-exports', reason: 'Exports are closed.' },
    });
  });

  it('put a person in between', () => {
    const cedar = `@id("big") @reason("Large exports are looked at.") forbid (principal, action, resource)
      when { context.parameters has rows && context.parameters.rows > 1000 } unless { context.approved };`;
    const ask = (rows: unknown) =>
      engine.ask({ risk: 'low', parameters: { rows } as PolicyTestCase['parameters'] }, cedar);
    expect(ask(1000).status).toBe('approved');
    expect(ask(1001)).toMatchObject({
      status: 'pending',
      rule: 'big',
      reason: 'Large exports are looked at.',
    });
  });

  it.each([
    ['text', '1001'],
    ['a fraction', 1000.5],
    ['more than 2^53', 2 ** 60],
    ['a list', [1]],
    ['an object', { a: 1 }],
    ["Cedar's own escape", { __extn: { fn: 'decimal', arg: '1.0' } }],
  ])('that forbid deny what they cannot compare: %s', (_, rows) => {
    const cedar = `@id("big") forbid (principal, action, resource)
      when { context.parameters has rows && context.parameters.rows > 1000 };`;
    const answer = engine.ask({ risk: 'low', parameters: { rows } as PolicyTestCase['parameters'] }, cedar);
    expect(answer).toMatchObject({ status: 'denied', rule: 'big' });
    expect(answer.reason).toContain('cannot check');
  });

  it('that permit permit nothing when they cannot compare', () => {
    const cedar = `@id("small") permit (principal, action, resource == Operation::"bank.pay")
      when { context.parameters has amount && context.parameters.amount.lessThanOrEqual(decimal("50.0")) };`;
    const pay = (amount: unknown) =>
      engine.ask({ action: 'Bank.Pay', parameters: { amount } as PolicyTestCase['parameters'] }, cedar)
        .status;
    expect([49, '49.99', 50, 50.5, '50.000001', 'free', null].map(pay)).toEqual([
      ...['approved', 'approved', 'approved', 'pending', 'pending', 'pending', 'pending'],
    ]);
  });

  it('see an agent by its type, and what it does by server and target', () => {
    const cedar = `@id("files") forbid (principal, action, resource)
      when { resource has mcpServer && resource.mcpServer == "files" && principal.agentType != "service" };`;
    const ask = (agentType: string, resource?: string) =>
      engine.ask({ risk: 'low', agentType, resource }, cedar).status;
    expect([ask('ai_agent', 'mcp:files/read'), ask('service', 'mcp:files/read'), ask('ai_agent')]).toEqual([
      ...['denied', 'approved', 'approved'],
    ]);
  });

  it('of the operator hold beside them', async () => {
    await using operated = await openPolicy(
      `@id("exports") @reason("No exports on this host.") forbid (principal, action, resource == Operation::"reports.export");`,
    );
    expect(operated.ask({ risk: 'low' }, exportAll)).toMatchObject({
      status: 'denied',
      reason: 'No exports on this host.',
    });
  });

  it('of an operator that have errors stop the gateway from starting', async () => {
    await expect(
      openPolicy('permit (principal, action, resource) when { principal.rank > 3 };'),
    ).rejects.toMatchObject({
      ...{ code: 'VALIDATION_FAILED', issues: [expect.objectContaining({ path: 'policy' })] },
    });
  });
});

const conditions = [
  ...[
    'context.risk == "low"',
    'context.risk == "high"',
    'context.risk != "critical"',
    'context.hasCapability',
  ],
  ...['!context.approved', 'context.approved', 'principal.trust.lessThan(decimal("0.5"))'],
  ...[
    'resource.name like "*.export"',
    'principal.agentType == "service"',
    'principal.capabilities.contains("*")',
  ],
  'context.parameters has n && context.parameters.n > 3',
];
const policyText = fc
  .array(
    fc.record({
      effect: fc.constantFrom('permit', 'forbid'),
      when: fc.subarray(conditions, { maxLength: 2 }),
      unless: fc.subarray(conditions, { maxLength: 1 }),
    }),
    { maxLength: 4 },
  )
  .map((policies) =>
    policies
      .map(({ effect, when, unless }, index) => {
        const clauses = [
          ...when.map((each) => `when { ${each} }`),
          ...unless.map((each) => `unless { ${each} }`),
        ];
        return `@id("p${index}") ${effect} (principal, action, resource) ${clauses.join(' ')};`;
      })
      .join('\n'),
  );
const asked = fc.record({
  action: fc.constantFrom('reports.export', 'bank.pay', 'delete_all_users', 'jobs.create'),
  agentType: fc.constantFrom('ai_agent', 'service'),
  trust: fc.constantFrom(0, 0.3, 0.5, 1),
  capabilities: fc.constantFrom<string[]>([], ['*'], ['reports.*']),
  parameters: fc.constantFrom({}, { n: 1 }, { n: 9 }, { n: 'x' }),
});

const RUNS = { numRuns: 30 };

describe('whatever the policies', () => {
  it('a higher risk is never decided more generously', () => {
    fc.assert(
      fc.property(policyText, asked, (cedar, each) => {
        const questions = risks.map((risk) => ({ ...each, risk }));
        const answers = engine.askAll(questions, cedar).map(({ status }) => strictness[status]);
        expect(answers).toEqual([...answers].sort());
      }),
      RUNS,
    );
  });

  it('critical is never approved without a person', () => {
    fc.assert(
      fc.property(policyText, asked, (cedar, each) => {
        const questions = [
          { ...each, risk: 'critical' as const },
          { ...each, action: 'delete_all', risk: 'low' as const },
        ];
        for (const { status } of engine.askAll(questions, cedar)) expect(status).not.toBe('approved');
      }),
      RUNS,
    );
  });

  it('a denial wins', () => {
    const no = '@id("no") forbid (principal, action, resource);';
    fc.assert(
      fc.property(policyText, asked, (cedar, each) => {
        const questions = risks.map((risk) => ({ ...each, risk }));
        for (const { status } of engine.askAll(questions, `${cedar}\n${no}`)) expect(status).toBe('denied');
      }),
      RUNS,
    );
  });

  it('forbidding more never permits more', () => {
    const more = '@id("more") forbid (principal, action, resource) when { context.risk == "medium" };';
    fc.assert(
      fc.property(policyText, asked, fc.constantFrom(...risks), (cedar, each, risk) => {
        const before = strictness[engine.ask({ ...each, risk }, cedar).status];
        const after = strictness[engine.ask({ ...each, risk }, `${cedar}\n${more}`).status];
        expect(after).toBeGreaterThanOrEqual(before);
      }),
      RUNS,
    );
  });

  it('the same question has the same answer, also after others that differ in one thing', () => {
    fc.assert(
      fc.property(policyText, fc.array(asked, { minLength: 2, maxLength: 4 }), (cedar, questions) => {
        // Asked together, answers are remembered; asked alone, each is new.
        const alone = questions.map((each) => engine.ask(each, cedar));
        const together = engine.askAll([...questions, ...questions.toReversed()], cedar);
        expect(together).toEqual([...alone, ...alone.toReversed()]);
      }),
      RUNS,
    );
  });
});
