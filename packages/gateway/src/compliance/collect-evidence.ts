import type { AuditEntry, ComplianceReport, ControlEvidence } from '@bonafide/core/models';
import { createTally } from './evidence.ts';
import { type Background, type LogQuery, type LogQueryName, logQueries } from './log-queries.ts';

type ExceptionLine = ComplianceReport['exceptions'][number];

export interface EvidenceCollector {
  see(entry: AuditEntry): void;
  evidence(): Record<LogQueryName, ControlEvidence>;
  readonly exceptions: readonly ExceptionLine[];
  exceptionCount(): number;
}

/** Puts every question of `logQueries` to every entry it sees. */
export function createEvidenceCollector(background: Background, maxExceptions: number): EvidenceCollector {
  const running = Object.entries(logQueries).map(([name, query]: [string, LogQuery]) => ({
    name,
    exception: query.exception,
    matches: query.createMatcher(background),
    tally: createTally(query.words),
  }));
  const exceptions: ExceptionLine[] = [];
  let exceptionCount = 0;
  return {
    see(entry) {
      for (const { matches, tally, exception } of running) {
        if (!matches(entry)) continue;
        tally.add(entry.sequence);
        if (exception === undefined) continue;
        exceptionCount += 1;
        const { sequence, at, event, subject } = entry;
        if (exceptions.length < maxExceptions) {
          exceptions.push({ sequence, at, event, subject, reason: exception });
        }
      }
    },
    evidence: () =>
      Object.fromEntries(running.map(({ name, tally }) => [name, tally.toEvidence()])) as Record<
        LogQueryName,
        ControlEvidence
      >,
    exceptions,
    exceptionCount: () => exceptionCount,
  };
}
