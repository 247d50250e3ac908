import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const at = (day: number) => `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`;

/** The part of the suite about the entries of the log that reports find without reading it. */
export function testMarks({ store }: { store(): Store }): void {
  const append = (workspace: string, entry: { event: string; subject: string; day: number; data?: object }) =>
    store().commit((tables) =>
      tables.audit.append({
        ...{ workspace, at: at(entry.day), actor: 'system', event: entry.event, subject: entry.subject },
        data: { ...entry.data },
      }),
    );

  it('knows since when each agent of a workspace had the key that it had at a time', async () => {
    await append('a', { event: 'agent.registered', subject: 'one', day: 1 });
    await append('a', { event: 'agent.registered', subject: 'two', day: 2 });
    await append('a', { event: 'agent.updated', subject: 'two', day: 3 });
    await append('a', { event: 'agent.key-rotated', subject: 'one', day: 4 });
    await append('b', { event: 'agent.registered', subject: 'three', day: 1 });
    const list = (time: string, after = '', limit = 10) =>
      store().read.auditMarks.listKeyStarts({ workspace: 'a', time }, { after, limit });
    const [first, second] = [
      { agentId: 'one', sequence: 4, at: at(4), event: 'agent.key-rotated' },
      { agentId: 'two', sequence: 2, at: at(2), event: 'agent.registered' },
    ];
    expect(list(at(9))).toEqual([first, second]);
    expect(list(at(9), '', 1)).toEqual([first]);
    expect(list(at(9), 'one')).toEqual([second]);
    expect(list(at(4))[0]).toMatchObject({ agentId: 'one', sequence: 1, at: at(1) });
    expect(list(at(1))).toEqual([]);
  });

  it('knows up to where the log says that retention removed data', async () => {
    const through = () => store().read.auditMarks.getPrunedThrough('a');
    expect(through()).toBe(0);
    await append('a', { event: 'audit.pruned', subject: 'a', day: 1, data: { throughSequence: 5 } });
    await append('a', { event: 'audit.pruned', subject: 'a', day: 2, data: { throughSequence: 9 } });
    await append('b', { event: 'audit.pruned', subject: 'b', day: 3, data: { throughSequence: 20 } });
    expect(through()).toBe(9);
  });
}
