// The checks behind `npm test`, in the order in which they run: the cheap ones first.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runWithProgress } from './progress.mjs';
import { readForgeReport, readVitestReport } from './test-reports.mjs';
import { ROOT } from './toolchain.mjs';

const isWindows = process.platform === 'win32';
const FORGE = join('packages', 'contracts', 'scripts', 'forge.ts');
const COVERAGE = join('packages', 'contracts', 'scripts', 'coverage.ts');

async function run(title, command, args) {
  const shell = isWindows && command !== process.execPath;
  const result = await runWithProgress(title, command, { args, cwd: ROOT, shell });
  const problem =
    result.code === 0 ? undefined : `'${command} ${args.join(' ')}' ended with code ${result.code}.`;
  return { ...result, problem };
}

function withTemporaryFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'bonafide-check-'));
  return Promise.resolve(use(folder)).finally(() => rmSync(folder, { recursive: true, force: true }));
}

function check(name, title, commands) {
  return {
    name,
    title,
    run: async () => {
      for (const [command, ...args] of commands()) {
        const result = await run(title, command, args);
        if (result.problem) return result;
      }
      return {};
    },
  };
}

function tests(name, title) {
  const runInto = async (folder) => {
    const report = join(folder, 'report.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const result = await run(title, 'vitest', ['run', '--update=none', '--project', name, ...reporters]);
    return { ...result, ...readVitestReport(report, result) };
  };
  return { name, title, run: () => withTemporaryFolder(runInto) };
}

const contracts = {
  name: 'contracts',
  title: 'contracts (forge)',
  run: async () => {
    const format = await run('checking the format of the contracts', process.execPath, [
      FORGE,
      'fmt',
      '--check',
    ]);
    if (format.problem) return format;
    const sources = join('solidity', 'src');
    const lintArgs = [FORGE, 'lint', '--deny', 'warnings', sources];
    const lint = await run('linting the contracts', process.execPath, lintArgs);
    if (lint.problem) return lint;
    const result = await run('testing the contracts', process.execPath, [FORGE, 'test', '--json']);
    const report = { ...result, ...readForgeReport(result) };
    if (report.problem) return report;
    const coverage = await run('measuring the coverage of the contracts', process.execPath, [COVERAGE]);
    return coverage.problem ? coverage : report;
  },
};

// A table as people send it: quotes, blank lines, stray spaces, a duplicate and a missing value.
const MESSY_CSV = 'city,temperature\n"  Oslo ", 4.5\n\nLima,19\nLima,19\nNairobi,\n';

function demos(input) {
  const names = readdirSync(join(ROOT, 'apps')).sort();
  const mains = names
    .map((name) => join('apps', name, 'src', 'main.ts'))
    .filter((file) => existsSync(join(ROOT, file)));
  const hire = join('apps', 'hire-an-agent', 'src', 'main.ts');
  return [
    ...mains.map((main) => [process.execPath, main]),
    [process.execPath, hire, '--input', input],
    [process.execPath, hire, '--scenario', 'all'],
  ];
}

const demo = {
  name: 'demos',
  title: 'end-to-end demos',
  run: () =>
    withTemporaryFolder((folder) => {
      const input = join(folder, 'messy.csv');
      writeFileSync(input, MESSY_CSV);
      return check('demos', 'running the demos', () => demos(input)).run();
    }),
};

const workspace = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const ignoreFile = workspace.secretlint.ignoreFile;

export const steps = [
  check('lint', 'format, lint, layers and sizes (biome)', () => [
    ['biome', 'ci', '--colors=off', '--error-on-warnings', '.'],
  ]),
  check('unused', 'unused files, exports and dependencies (knip)', () => [['knip']]),
  check('secrets', 'secrets in the tree (secretlint)', () => [
    ['secretlint', '--secretlintignore', ignoreFile, '**/*'],
  ]),
  // One program for all that share their options: sources of one package are read by many, and checked once.
  check('types', 'types (tsc)', () => [
    ['turbo', 'run', 'generate'],
    ['tsc', '-p', '.'],
    ['turbo', 'run', 'typecheck', '--filter', '@bonafide/plugin-elizaos', '--filter', '@bonafide/testing'],
  ]),
  check('build', 'build (tsc, every package)', () => [['turbo', 'run', 'build']]),
  tests('unit', 'unit tests (vitest)'),
  contracts,
  tests('integration', 'integration tests (vitest)'),
  demo,
  tests('docs', 'documentation snippets (vitest)'),
  tests('packages', 'packed packages: publint, attw, npm install (vitest)'),
];
