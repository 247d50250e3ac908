import type { TaskStatus } from '@bonafide/core/models';
import { describe, expect, it } from 'vitest';
import {
  assertTransition,
  changeOf,
  finalStatuses,
  type TransitionName,
  transitions,
} from './transitions.ts';

const statuses: readonly TaskStatus[] = [
  ...(['pending', 'running', 'paused', 'completed', 'failed', 'cancelled', 'dead'] as const),
];
const names = Object.keys(transitions) as TransitionName[];

/** Written apart from the table: every move that there is. */
const allowed = new Set([
  'claim pending running',
  'extendLease running running',
  'reportProgress running running',
  'complete running completed',
  'fail running pending',
  'fail running failed',
  'fail running dead',
  'suspend running paused',
  'expire running pending',
  'expire running dead',
  'pause pending paused',
  'pause running paused',
  'resume paused pending',
  'cancel pending cancelled',
  'cancel running cancelled',
  'cancel paused cancelled',
  'retry failed pending',
  'retry cancelled pending',
  'retry dead pending',
]);

const moves = names.flatMap((name) =>
  statuses.flatMap((status) => statuses.map((to) => ({ name, status, to }))),
);

describe('the table of transitions', () => {
  it('allows these moves and refuses every other with CONFLICT', () => {
    for (const { name, status, to } of moves) {
      const move = () => assertTransition(name, { taskId: 't', status }, to);
      if (allowed.has(`${name} ${status} ${to}`)) expect(move).not.toThrow();
      else expect(move).toThrow(expect.objectContaining({ code: 'CONFLICT', details: { status } }));
    }
  });

  it('is left from a final state by a retry alone', () => {
    const leaving = moves.filter(
      ({ name, status, to }) => finalStatuses.includes(status) && allowed.has(`${name} ${status} ${to}`),
    );
    expect(new Set(leaving.map(({ name }) => name))).toEqual(new Set(['retry']));
    expect(leaving.map(({ status }) => status)).not.toContain('completed');
  });

  it('has a change to tell for every move', () => {
    expect(changeOf('fail', 'pending')).toBe('requeued');
    expect(changeOf('fail', 'dead')).toBe('dead');
    expect(changeOf('expire', 'pending')).toBe('requeued');
    expect(changeOf('fail', 'failed')).toBe('failed');
    for (const name of names) expect(changeOf(name, transitions[name].to[0])).toMatch(/^[a-z]+$/);
  });
});
