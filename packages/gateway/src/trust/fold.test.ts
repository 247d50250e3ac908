import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '../stores/store.ts';
import { foldEvents } from './fold.ts';

const eventOf = (type: string, data: object = {}, change: Partial<StoredEvent> = {}): StoredEvent => ({
  ...{ workspace: 'a', type, subject: 's', time: '2026-01-01T10:00:00.000Z' },
  ...{ data: { agentId: 'x', ...data }, ...change },
});

const talliesOf = (events: readonly StoredEvent[]) =>
  Object.fromEntries(
    foldEvents(events).days.map(({ day, tally }) => [`${day.workspace}/${day.agentId}/${day.day}`, tally]),
  );

describe('folding events', () => {
  it('counts what each says, by workspace, agent and day', () => {
    const events = [
      eventOf('action.approved'),
      eventOf('action.approved', {}, { time: '2026-01-02T00:00:00.000Z' }),
      eventOf('action.denied'),
      eventOf('action.expired'),
      eventOf('approval.expired', { approvalId: 'p' }),
      eventOf('action.executed', { approvalId: 'p' }),
      eventOf('action.executed'),
      eventOf('action.failed', { approvalId: 'p' }),
      eventOf('action.violation', { approvalId: 'p' }),
      eventOf('action.approved', { agentId: 'y' }),
      eventOf('action.approved', {}, { workspace: 'b' }),
    ];
    expect(talliesOf(events)).toEqual({
      'a/x/2026-01-01': {
        ...{ approved: 1, denied: 1, expired: 1, unanswered: 1 },
        ...{ executed: 2, failed: 1, supervised: 2, violations: 1 },
      },
      'a/x/2026-01-02': { approved: 1 },
      'a/y/2026-01-01': { approved: 1 },
      'b/x/2026-01-01': { approved: 1 },
    });
  });

  it('counts nothing for what is undecided, under way or not about an agent', () => {
    const events = [
      eventOf('action.pending'),
      eventOf('action.running', { approvalId: 'p' }),
      eventOf('action.constructor'),
      eventOf('token.created'),
      eventOf('action.approved', { agentId: undefined }),
      eventOf('action.approved', { agentId: 7 }),
    ];
    expect(foldEvents(events)).toEqual({ days: [], touched: new Map(), resettled: new Set() });
  });

  it('names the agents whose score may have changed, and why', () => {
    const { touched, resettled } = foldEvents([
      ...[eventOf('action.denied'), eventOf('action.denied'), eventOf('alert.resolved')],
      ...[eventOf('trust.feedback-given', { agentId: 'y' }), eventOf('trust.changed', { agentId: 'z' })],
      eventOf('workspace.updated', { agentId: undefined }, { workspace: 'b' }),
    ]);
    const x = new Map([
      ['action.denied', 2],
      ['alert.resolved', 1],
    ]);
    const y = new Map([['trust.feedback-given', 1]]);
    expect(touched).toEqual(new Map([['a', new Map(Object.entries({ x, y }))]]));
    expect(resettled).toEqual(new Set(['b']));
  });

  it('comes to the same however the events are cut into batches', () => {
    const types = ['action.approved', 'action.denied', 'action.executed', 'approval.expired', 'x.y'];
    const events = fc.array(
      fc.record({ type: fc.constantFrom(...types), agentId: fc.constantFrom('x', 'y'), day: fc.nat(3) }),
    );
    const sum = (batches: readonly StoredEvent[][]) => {
      const total: Record<string, number> = {};
      for (const batch of batches)
        for (const [day, tally] of Object.entries(talliesOf(batch)))
          for (const [name, count] of Object.entries(tally))
            total[`${day} ${name}`] = (total[`${day} ${name}`] ?? 0) + count;
      return total;
    };
    fc.assert(
      fc.property(events, fc.nat(50), (drawn, cut) => {
        const all = drawn.map(({ type, agentId, day }) =>
          eventOf(type, { agentId }, { time: `2026-01-0${day + 1}T00:00:00.000Z` }),
        );
        expect(sum([all.slice(0, cut), all.slice(cut)])).toEqual(sum([all]));
      }),
    );
  });
});
