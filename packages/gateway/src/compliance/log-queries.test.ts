import type { AuditEntry } from '@bonafide/core/models';
import { describe, expect, it } from 'vitest';
import { type Background, type LogQueryName, logQueries } from './log-queries.ts';

const background: Background = {
  endedActors: ['agent:gone', 'token:old'],
  redactedFields: ['patientName'],
  isRegistered: (agentId) => agentId !== 'stranger',
  isDecidedByRule: (actionId) => actionId === 'ruled',
};

type Sketch = Partial<AuditEntry> & Pick<AuditEntry, 'event'>;

function found(name: LogQueryName, sketches: readonly Sketch[]): number[] {
  const matches = logQueries[name].createMatcher(background);
  return sketches.flatMap((sketch, index) => {
    const at = '2026-10-01T00:00:00.000Z';
    const entry = { workspace: 'default', at, actor: 'member:ann', subject: 'id', dataDigest: '', ...sketch };
    return matches({ ...entry, sequence: index + 1 }) ? [index + 1] : [];
  });
}

const ran = (data: AuditEntry['data'], subject = 'id') => ({ event: 'action.executed', subject, data });
const vote = (decidedBy: string, decision = 'approve') => ({ decidedBy, decision });

describe('the questions to the log', () => {
  it.each<[LogQueryName, readonly Sketch[], readonly number[]]>([
    [
      'unapprovedRuns',
      [
        ran({ risk: 'high' }),
        ran({ risk: 'critical' }),
        ran({ risk: 'high', approvalId: 'a' }),
        ran({ risk: 'critical', approvalId: 'a' }),
        ran({ risk: 'high' }, 'ruled'),
        ran({ risk: 'critical' }, 'ruled'),
        ran({ risk: 'medium' }),
        ran(undefined),
        { event: 'action.approved', data: { risk: 'critical' } },
      ],
      [1, 2, 6],
    ],
    [
      'unregisteredActors',
      [
        { event: 'action.approved', actor: 'agent:stranger' },
        { event: 'action.approved', actor: 'agent:known' },
        { event: 'action.approved', actor: 'member:stranger' },
      ],
      [1],
    ],
    [
      'accessAfterEnd',
      [
        { event: 'action.approved', actor: 'agent:gone' },
        { event: 'agent.updated', actor: 'agent:a', requestId: 'r1' },
        { event: 'agent.revoked', actor: 'agent:a', subject: 'a', requestId: 'r2' },
        { event: 'action.expired', actor: 'agent:a', requestId: 'r2' },
        { event: 'action.expired', actor: 'system' },
        { event: 'action.executed', actor: 'agent:a', requestId: 'r3' },
        { event: 'member.removed', subject: 'bob' },
        { event: 'approval.approved', actor: 'member:bob' },
        { event: 'token.created', actor: 'token:old' },
        { event: 'token.revoked', actor: 'member:ann', subject: 't' },
        { event: 'token.created', actor: 'token:other' },
      ],
      [1, 6, 8, 9],
    ],
    [
      'unlimitedGrants',
      ['*', '**', 'db.*', '*.read', ''].map((capability) => ({
        event: 'capability.granted',
        data: { capability },
      })),
      [1, 2],
    ],
    ['grantsByNobody', ['agent:a', 'system', 'member:ann', 'token:t'].map(by('capability.granted')), [1, 2]],
    ['answersByNobody', ['agent:a', 'system', 'member:ann', 'token:t'].map(by('approval.approved')), [1, 2]],
    ['unnamedAnswers', ['member:ann', 'token:t'].map(by('approval.denied')), [2]],
    ['policyChangesByNobody', ['agent:a', 'member:ann'].map(by('policy.put')), [1]],
    [
      'unexplainedPolicyChanges',
      [{ data: {} }, { data: { note: '' } }, { data: { note: 'why' } }, {}].map((rest) => ({
        event: 'policy.put',
        ...rest,
      })),
      [1, 2],
    ],
    [
      'tooFewApprovers',
      [
        { approvalsNeeded: 2, votes: [vote('member:a'), vote('member:b')] },
        { approvalsNeeded: 2, votes: [vote('member:a'), vote('member:a')] },
        { approvalsNeeded: 2, votes: [vote('member:a'), vote('member:b', 'deny')] },
        { approvalsNeeded: 1, votes: [] },
        { approvalsNeeded: 1, votes: [vote('member:a')] },
        { approvalsNeeded: 2, votes: 'all of them' },
      ].map((data) => ({ event: 'approval.approved', data })),
      [2, 3, 4, 6],
    ],
    [
      'violations',
      ['denied', 'otherAgent', 'otherParameters', 'expired'].map((reason) => ({
        event: 'action.violation',
        data: { reason },
      })),
      [1, 2, 3],
    ],
    [
      'incompleteRecords',
      [
        { agentId: 'a', risk: 'low', parametersDigest: 'd' },
        { agentId: 'a', risk: 'low' },
        { agentId: 'a', parametersDigest: 'd' },
        { risk: 'low', parametersDigest: 'd' },
        undefined,
      ].map((data) => ({ event: 'action.approved', data })),
      [2, 3, 4],
    ],
    [
      'unredacted',
      [
        { parameters: { id: 1 } },
        { parameters: { patient_name: 'Ann' } },
        { parameters: { patientName: '[redacted]' } },
        { parameters: { deep: [{ password: 'x' }] } },
        { parameters: { note: 'sk_live_0123456789' } },
        {},
      ].map((data) => ({ event: 'action.executed', data })),
      [2, 4, 5],
    ],
  ])('%s finds exactly what it should', (name, sketches, expected) => {
    expect(found(name, sketches)).toEqual(expected);
  });

  it('say why what they find is an exception in words of their own', () => {
    const words = Object.values(logQueries).map((query) => query.words);
    expect(new Set(words).size).toBe(words.length);
  });
});

function by(event: string): (actor: string) => Sketch {
  return (actor) => ({ event, actor });
}
