import type { AgentRecord, Risk } from '@bonafide/core/models';
import { operationList } from '@bonafide/core/operations';
import { describe, expect, it } from 'vitest';
import type { Reader } from '../stores/store.ts';
import { createDecide as create, type Rule } from './decide.ts';

// What the decision needs of a question; the rules look at no table.
interface Asked {
  readonly action: string;
  readonly requestedRisk?: Risk | undefined;
  readonly agentStatus: AgentRecord['status'];
}
const createDecide =
  (rules: readonly Rule[]) =>
  ({ agentStatus, ...asked }: Asked) =>
    create(rules)({} as Reader, { ...asked, parameters: {}, agent: { status: agentStatus } as AgentRecord });

const rules: readonly Rule[] = [
  { action: 'payments.*', effect: 'allow', risk: 'high' },
  { action: 'payments.refund', effect: 'deny', reason: 'Refunds are closed.' },
  { action: 'mail.send', effect: 'ask' },
  { action: 'deploy.*', effect: 'allow', risk: 'critical' },
  { action: '*.delete', effect: 'deny' },
  { action: 'a.b', effect: 'allow' },
];

describe('decide', () => {
  it.each([
    // action, requested risk, status, risk
    ['weather.read', undefined, 'approved', 'medium'],
    ['weather.read', 'low', 'approved', 'low'],
    ['weather.read', 'high', 'pending', 'high'],
    ['weather.read', 'critical', 'pending', 'critical'],
    ['jobs.fund', undefined, 'pending', 'high'],
    ['jobs.fund', 'low', 'pending', 'high'],
    ['JOBS.Fund', 'low', 'pending', 'high'],
    ['jobs.create', 'low', 'approved', 'medium'],
    ['agents.get', undefined, 'approved', 'low'],
    ['agents.get', 'critical', 'pending', 'critical'],
  ] as const)('without rules answers %s at %s with %s at %s', (action, requestedRisk, status, risk) => {
    expect(createDecide([])({ action, requestedRisk, agentStatus: 'active' })).toMatchObject({
      status,
      risk,
    });
  });

  it.each([
    ['payments.send', undefined, 'approved', 'high'],
    ['payments.send', 'critical', 'pending', 'critical'],
    ['payments.refund', undefined, 'denied', 'high'],
    ['Payments.Refund', 'low', 'denied', 'high'],
    ['mail.send', 'low', 'pending', 'low'],
    ['deploy.production', 'low', 'pending', 'critical'],
    ['file.delete', 'low', 'denied', 'low'],
    ['a.b', 'high', 'approved', 'high'],
    ['axb', 'high', 'pending', 'high'],
  ] as const)('with rules answers %s at %s with %s at %s', (action, requestedRisk, status, risk) => {
    expect(createDecide(rules)({ action, requestedRisk, agentStatus: 'active' })).toMatchObject({
      status,
      risk,
    });
  });

  it('denies a revoked agent whatever a rule allows', () => {
    const decision = createDecide(rules)({ action: 'a.b', requestedRisk: 'low', agentStatus: 'revoked' });
    expect(decision.status).toBe('denied');
  });

  it('gives the reason of the rule', () => {
    const decision = createDecide(rules)({ action: 'payments.refund', agentStatus: 'active' });
    expect(decision.reason).toBe('Refunds are closed.');
  });

  it('never approves on its own what the registry rates high or critical', () => {
    const decide = createDecide([]);
    const dangerous = operationList.filter(({ risk }) => risk === 'high' || risk === 'critical');
    expect(dangerous.length).toBeGreaterThan(0);
    for (const { id } of dangerous) {
      expect(decide({ action: id, requestedRisk: 'low', agentStatus: 'active' }).status).toBe('pending');
    }
  });
});
