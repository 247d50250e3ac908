import { printable } from './printable.ts';

type Output = Readonly<Record<string, unknown>>;

interface Verdict {
  readonly isGood: boolean;
  readonly text: string;
}

const rows = (value: unknown): readonly Output[] => (Array.isArray(value) ? value : []);
const lines = (...texts: readonly string[]): string => texts.filter((text) => text !== '').join('\n');

function auditVerdict({ isValid, findings, size, origin, rootHash, withoutData }: Output): Verdict {
  const list = rows(findings).map(({ kind, message, line }) =>
    printable(`✗ ${kind}${line === undefined ? '' : ` (line ${line})`}: ${message}`),
  );
  const removed = Number(withoutData) > 0 ? `, ${withoutData} of them without their data (retention)` : '';
  const good = `✓ ${size} entries of ${origin}${removed}\n  root ${rootHash}`;
  const bad = `✗ This log does not hold: ${list.length} finding(s) in ${size} entries.`;
  return { isGood: isValid === true, text: isValid === true ? good : lines(bad, ...list) };
}

function lintVerdict({ isValid, issues }: Output): Verdict {
  const list = rows(issues).map(({ severity, message, help, line, column }) => {
    const place = line === undefined ? '' : `${line}:${column ?? 1} `;
    return printable(`${severity === 'error' ? '✗' : '!'} ${place}${message}${help ? ` (${help})` : ''}`);
  });
  const last = isValid === true ? '✓ The policies are valid.' : '✗ The policies cannot be used.';
  return { isGood: isValid === true, text: lines(...list, last) };
}

function testVerdict({ passed, failed, results }: Output): Verdict {
  const list = rows(results).map(({ name, hasPassed, expected, status, rule }) => {
    const got = hasPassed === true ? `${status}` : `expected ${expected}, got ${status}`;
    return printable(`${hasPassed === true ? '✓' : '✗'} ${name}: ${got} (${rule})`);
  });
  return { isGood: failed === 0, text: lines(...list, `${passed} passed, ${failed} failed`) };
}

const verdicts: Readonly<Record<string, (output: Output) => Verdict>> = {
  'audit.verify': auditVerdict,
  'policies.lint': lintVerdict,
  'policies.test': testVerdict,
};

/** What an operation that checks something says in words; undefined for all others. A bad one ends with exit code 1. */
export function verdictOf(operationId: string, output: unknown): Verdict | undefined {
  return verdicts[operationId]?.(output as Output);
}
