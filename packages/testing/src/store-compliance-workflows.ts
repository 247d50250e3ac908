import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

const ruleOf = (ruleId: string, change: object = {}) => ({
  ...{ ruleId, workspace: 'a', name: 'a rule', isEnabled: true, createdBy: 'member:m', owner: 'us::m::http' },
  on: { eventType: 'build.*', source: 'ag::a::*', condition: 'event.data.n > 1' },
  actions: [{ do: 'putKey' as const, key: 'k', value: { nested: ['{{event.data}}'] } }],
  ...{ sinceEvent: 3, createdAt: at(0), updatedAt: at(0), runs: 0, minute: 0, runsInMinute: 0 },
  ...change,
});

const key = { workspace: 'a', id: 'r1' };

/** The part of the suite about workflow rules and the events that they dealt with. */
export function testWorkflows(store: () => Store): void {
  testRules(store);
  testRuns(store);
}

function testRules(store: () => Store): void {
  it('keeps workflow rules of a workspace apart from those of others, newest first', async () => {
    await store().commit(({ workflowRules }) => {
      for (const id of ['r1', 'r3', 'r2']) workflowRules.insert(ruleOf(id));
      workflowRules.insert(ruleOf('r4', { isEnabled: false }));
      workflowRules.insert(ruleOf('x1', { workspace: 'b' }));
    });
    const { workflowRules } = store().read;
    const idsOf = (rules: readonly { ruleId: string }[]) => rules.map(({ ruleId }) => ruleId);
    expect(workflowRules.get(key)).toEqual(ruleOf('r1'));
    expect(workflowRules.get({ workspace: 'b', id: 'r1' })).toBeUndefined();
    expect([workflowRules.getCount('a'), workflowRules.getCount('b'), workflowRules.getCount('c')]).toEqual([
      4, 1, 0,
    ]);
    expect(idsOf(workflowRules.list('a', { limit: 2 }))).toEqual(['r4', 'r3']);
    expect(idsOf(workflowRules.list('a', { limit: 9, before: 'r2' }))).toEqual(['r1']);
    expect(idsOf(workflowRules.listEnabled('a'))).toEqual(['r1', 'r2', 'r3']);
  });

  it('changes and removes a workflow rule only where it belongs', async () => {
    const changed = ruleOf('r1', {
      ...{ name: 'other', isEnabled: false, runs: 7, minute: 29, runsInMinute: 2, sinceEvent: 9 },
      ...{
        on: { eventType: '*' },
        lastRunAt: at(1),
        lastError: 'why',
        owner: 'us::n::1',
        createdBy: 'member:n',
      },
    });
    await store().commit(({ workflowRules }) => {
      workflowRules.insert(ruleOf('r1'));
      workflowRules.update({ ...changed, workspace: 'b' });
      workflowRules.remove({ workspace: 'b', id: 'r1' });
    });
    const { workflowRules } = store().read;
    expect(workflowRules.get(key)).toEqual(ruleOf('r1'));
    await store().commit((tables) => tables.workflowRules.update(changed));
    expect(workflowRules.get(key)).toEqual(changed);
    await store().commit((tables) => tables.workflowRules.remove(key));
    expect(workflowRules.get(key)).toBeUndefined();
  });
}

function testRuns(store: () => Store): void {
  it('lets a rule deal with an event once, and never with one that is done', async () => {
    const claim = (ruleId: string, eventId: number) =>
      store().commit(({ workflowRuns }) => workflowRuns.claim({ ruleId, eventId }));
    expect(store().read.workflowRuns.getCursor()).toBeUndefined();
    await store().commit(({ workflowRuns }) => {
      workflowRuns.begin(5);
      workflowRuns.begin(50);
    });
    expect(store().read.workflowRuns.getCursor()).toBe(5);
    expect(await Promise.all([claim('r1', 6), claim('r1', 6), claim('r2', 6), claim('r1', 5)])).toEqual([
      ...[true, false, true, false],
    ]);
    await store().commit(({ workflowRuns }) => {
      workflowRuns.advance(8);
      workflowRuns.advance(7);
    });
    expect(store().read.workflowRuns.getCursor()).toBe(8);
    expect(await Promise.all([claim('r1', 6), claim('r3', 8), claim('r1', 9)])).toEqual([false, false, true]);
  });

  it('undoes a claim with the commit that made it', async () => {
    await store().commit(({ workflowRuns }) => workflowRuns.begin(0));
    const failed = store().commit(({ workflowRuns }) => {
      workflowRuns.claim({ ruleId: 'r1', eventId: 1 });
      throw new Error('undone');
    });
    await expect(failed).rejects.toThrow('undone');
    expect(await store().commit(({ workflowRuns }) => workflowRuns.claim({ ruleId: 'r1', eventId: 1 }))).toBe(
      true,
    );
  });

  it('lists the events for rules of every workspace, and no others', async () => {
    const event = { subject: 's', time: at(0), data: { type: 'x' } };
    const ids = await store().commit(({ events }) => [
      events.append({ ...event, workspace: 'a', type: 'workflow.event' }),
      events.append({ ...event, workspace: 'a', type: 'workflow.ruleCreated' }),
      events.append({ ...event, workspace: 'b', type: 'workflow.event' }),
    ]);
    const { workflowRuns } = store().read;
    const [first = 0, , third] = ids;
    const listed = (after: number, limit = 9) =>
      workflowRuns.listEventsAfter(after, limit).map(({ id }) => id);
    expect([listed(first - 1), listed(first - 1, 1), listed(first)]).toEqual([
      [first, third],
      [first],
      [third],
    ]);
    expect(workflowRuns.listEventsAfter(first, 1)).toMatchObject([
      { ...event, workspace: 'b', type: 'workflow.event' },
    ]);
  });
}
