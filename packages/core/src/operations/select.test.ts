import { describe, expect, it } from 'vitest';
import { isQuery } from './define.ts';
import { selectTools } from './select.ts';

const ids = (selection?: Parameters<typeof selectTools>[0]): readonly string[] =>
  selectTools(selection).map(({ id }) => id);

describe('selectTools', () => {
  it('offers the default tools, at most 20', () => {
    expect(ids()).toContain('jobs.create');
    expect(ids().length).toBeLessThanOrEqual(20);
  });

  it('offers whole toolsets instead', () => {
    expect(ids({ toolsets: ['artifacts'] })).toEqual(['artifacts.put', 'artifacts.get']);
  });

  it('offers exactly what is named, and never what models may not have', () => {
    expect(ids({ operations: ['jobs.get', 'approvals.decide', 'tokens.create', 'events.stream'] })).toEqual([
      'jobs.get',
    ]);
  });

  it('leaves out what is excluded, even when it is named', () => {
    expect(ids({ operations: ['jobs.get', 'jobs.list'], exclude: ['jobs.get'] })).toEqual(['jobs.list']);
  });

  it.each([{}, { toolsets: ['commerce'] as const }, { operations: ['jobs.fund', 'jobs.get'] }])(
    'read-only hides every write, whatever else is asked for: %j',
    (selection) => {
      expect(selectTools({ ...selection, readOnly: true }).every(isQuery)).toBe(true);
    },
  );
});
