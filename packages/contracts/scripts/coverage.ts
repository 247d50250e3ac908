// Fails when tests reach too little of the contracts: `node packages/contracts/scripts/coverage.ts`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const leastLines = 98;
const leastBranches = 95;

// Coverage builds without the optimizer, so whatever measures gas or size is left out, and invariants would only repeat themselves.
const options = [
  ...['--report', 'lcov'],
  ...['--no-match-path', '*.invariant.t.sol'],
  ...['--no-match-test', 'LooksAtABoundedNumberOfSeats|FitsIntoAChain'],
];

interface Counts {
  lines: [hit: number, found: number];
  branches: [hit: number, found: number];
}

function measure(file: string): string {
  const script = join(import.meta.dirname, 'forge.ts');
  const args = [script, 'coverage', ...options, '--report-file', file];
  const env = { ...process.env, FOUNDRY_GAS_SNAPSHOT_CHECK: 'false' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`forge coverage failed:\n${stdout.slice(-4_000)}${stderr.slice(-4_000)}`);
  return readFileSync(file, 'utf8');
}

function countsOf(record: string): Counts {
  const read = (key: string): number => Number(new RegExp(`^${key}:(\\d+)$`, 'm').exec(record)?.[1] ?? 0);
  return { lines: [read('LH'), read('LF')], branches: [read('BRH'), read('BRF')] };
}

/** Our own contracts: not tests, and not what stands in for published ones on a local chain. */
function ownRecords(report: string): string[] {
  return report.split('end_of_record').filter((record) => /^SF:solidity\/src\/(?!local\/)/m.test(record));
}

function percentOf(all: readonly Counts[], key: keyof Counts): number {
  const hit = all.reduce((sum, counts) => sum + counts[key][0], 0);
  const found = all.reduce((sum, counts) => sum + counts[key][1], 0);
  return found === 0 ? 0 : (100 * hit) / found;
}

const folder = mkdtempSync(join(tmpdir(), 'coverage-'));
try {
  const all = ownRecords(measure(join(folder, 'lcov.info'))).map(countsOf);
  const [lines, branches] = [percentOf(all, 'lines'), percentOf(all, 'branches')];
  console.log(
    `Contracts: ${lines.toFixed(2)} % of lines and ${branches.toFixed(2)} % of branches are covered.`,
  );
  if (lines < leastLines || branches < leastBranches) {
    console.error(`At least ${leastLines} % of lines and ${leastBranches} % of branches are wanted.`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
