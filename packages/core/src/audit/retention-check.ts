import type { AuditEntry } from '../models/audit.ts';
import type { Findings } from './findings.ts';
import { createRanges, describeRange } from './ranges.ts';

/** The event by which the log itself says that retention removed data, with `throughSequence` in its data. */
export const PRUNED_EVENT = 'audit.pruned';

/** Follows which entries have no data: only what the log says was pruned may have none. */
export interface RetentionCheck {
  readonly withoutData: number;
  see(entry: AuditEntry): void;
  finish(): void;
}

export function createRetentionCheck(findings: Findings): RetentionCheck {
  const bare = createRanges();
  let withoutData = 0;
  let prunedThrough = 0;
  return {
    get withoutData() {
      return withoutData;
    },
    see({ sequence, actor, event, data }) {
      if (data === undefined) {
        withoutData += 1;
        bare.add({ from: sequence, to: sequence });
      } else if (event === PRUNED_EVENT && actor === 'system') {
        prunedThrough = Math.max(prunedThrough, Number(data.throughSequence) || 0);
      }
    },
    finish() {
      for (const { from, to } of bare.list()) {
        if (to <= prunedThrough) continue;
        const range = { from: Math.max(from, prunedThrough + 1), to };
        const message = `${describeRange(range, ['has', 'have'])} no data, and the log does not say that retention removed it.`;
        findings.add({ kind: 'missing', sequence: range.from, message });
      }
    },
  };
}
