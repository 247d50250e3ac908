// Reads what test runners report about themselves. A run without tests, or with skipped ones, is a failure.
import { existsSync, readFileSync } from 'node:fs';

function judge({ passed, failed, skipped }, problem) {
  if (problem) return { passed, failed, problem };
  if (failed > 0) return { passed, failed, problem: `${failed} tests failed.` };
  if (passed === 0) return { passed, failed, problem: 'No test ran.' };
  if (skipped > 0)
    return { passed, failed, problem: `${skipped} tests were skipped; remove them or make them run.` };
  return { passed, failed };
}

/** Totals of a vitest JSON report. */
export function readVitestReport(file, { problem }) {
  if (!existsSync(file)) return { problem: problem ?? 'vitest wrote no report.' };
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const skipped = report.numPendingTests + report.numTodoTests;
  const totals = { passed: report.numPassedTests, failed: report.numFailedTests, skipped };
  return judge(totals, report.success ? problem : (problem ?? 'A test file failed.'));
}

function forgeTests(stdout) {
  const suites = JSON.parse(stdout.slice(stdout.indexOf('{')));
  return Object.values(suites).flatMap((suite) => Object.values(suite.test_results));
}

/** Totals of `forge test --json`. */
export function readForgeReport({ stdout, problem }) {
  if (!stdout.includes('{')) return { problem: problem ?? 'forge wrote no report.' };
  const results = forgeTests(stdout);
  const count = (status) => results.filter((result) => result.status === status).length;
  return judge({ passed: count('Success'), failed: count('Failure'), skipped: count('Skipped') }, problem);
}
