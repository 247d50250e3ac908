import type { AuditFinding } from '../models/audit.ts';

const MAX_FINDINGS = 100;

/** What was found so far; bounded, for a hostile file may be wrong in every line. */
export interface Findings {
  add(finding: AuditFinding): void;
  list(): AuditFinding[];
}

export function createFindings(): Findings {
  const found: AuditFinding[] = [];
  let total = 0;
  return {
    add(finding) {
      total += 1;
      if (found.length < MAX_FINDINGS) found.push(finding);
    },
    list: () => {
      const more = total - found.length;
      if (more === 0) return found;
      return [...found, { kind: 'malformed', message: `${more} more findings are not listed.` }];
    },
  };
}
