import { describe, expect, it } from 'vitest';
import { type Check, checks, type EvidenceName } from '../checks.ts';
import { evidenceOf } from '../testing/sample-report.ts';
import { assessControl } from './framework.ts';
import { gdpr } from './gdpr.ts';
import { hipaa } from './hipaa.ts';
import { soc2 } from './soc2.ts';

const controls = [soc2, hipaa, gdpr].flatMap((framework) =>
  framework.controls.map((definition) => ({
    definition,
    name: `${framework.title} ${definition.id}`,
    used: definition.checks.map((name): Check => checks[name]),
  })),
);

function only(names: readonly EvidenceName[]) {
  return evidenceOf(Object.fromEntries(names.map((name) => [name, 1])));
}

describe.each(controls)('$name', ({ definition, used }) => {
  it('is not assessed when nothing happened', () => {
    const control = assessControl(definition, evidenceOf());
    expect(control.verdict).toBe('notAssessed');
    expect(control.reason).not.toBe('');
    expect(control.evidence.every(({ count }) => count === 0)).toBe(true);
  });

  it('is never met by what shows too little', () => {
    const control = assessControl(definition, only(used.flatMap(({ shownBy }) => shownBy)));
    expect(control.verdict).toBe(definition.verdicts === 'all' ? 'met' : 'notAssessed');
    if (control.verdict === 'notAssessed') expect(control.reason).toContain(definition.limits);
  });

  it('is a gap as soon as one thing speaks against it, whatever speaks for it', () => {
    const good = used.flatMap(({ shownBy }) => shownBy);
    for (const check of used) {
      for (const bad of check.refutedBy) {
        const control = assessControl(definition, only([...good, bad]));
        expect(control.verdict).toBe('gap');
        expect(control.reason).toContain(check.criterion);
        expect(control.evidence).toContainEqual(only([bad])[bad]);
      }
    }
  });
});

describe('controls', () => {
  it('are those that were asked for, each once', () => {
    const ids = (framework: typeof soc2) => framework.controls.map(({ id }) => id);
    expect(ids(soc2)).toEqual(['CC6.1', 'CC6.2', 'CC6.3', 'CC6.6', 'CC7.2', 'CC7.3', 'CC8.1']);
    expect(ids(hipaa)).toEqual([
      '164.308(a)(1)(ii)(D)',
      '164.308(a)(5)(ii)(C)',
      '164.312(a)(1)',
      '164.312(a)(2)(i)',
      '164.312(b)',
      '164.312(c)(1)',
      '164.312(d)',
      '164.312(e)(1)',
    ]);
    expect(ids(gdpr)).toEqual([
      'Art. 5(2)',
      'Art. 15',
      'Art. 17',
      'Art. 25',
      'Art. 30',
      'Art. 32',
      'Art. 33',
    ]);
  });

  it('use every check, and each check can be shown and refuted', () => {
    const used = new Set(controls.flatMap(({ definition }) => definition.checks));
    expect([...used].sort()).toEqual(Object.keys(checks).sort());
    for (const check of Object.values<Check>(checks)) {
      expect(check.shownBy.length).toBeGreaterThan(0);
      expect(check.refutedBy.length).toBeGreaterThan(0);
    }
  });
});
