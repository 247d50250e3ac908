import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const packageRoot = join(import.meta.dirname, '..');
const tsc = join(packageRoot, 'node_modules/.bin/tsc');
const run = promisify(execFile);

let project: string;

/** A project that has this package as npm would install it: the built declarations and the published exports. */
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'bonafide-consumer-'));
  const installed = join(project, 'node_modules/@bonafide/core');
  await mkdir(installed, { recursive: true });
  await cp(join(packageRoot, 'test-support/consumer'), project, { recursive: true });
  await symlink(join(packageRoot, 'node_modules'), join(installed, 'node_modules'));
  const { publishConfig, ...manifest } = JSON.parse(
    await readFile(join(packageRoot, 'package.json'), 'utf8'),
  );
  await writeFile(join(installed, 'package.json'), JSON.stringify({ ...manifest, ...publishConfig }));
  await run(tsc, ['-p', join(packageRoot, 'tsconfig.build.json'), '--outDir', join(installed, 'dist')]);
});
afterAll(() => rm(project, { recursive: true, force: true }));

it('types a consumer exactly, for fewer than 60,000 instantiations', async () => {
  const { stdout } = await run(tsc, ['-p', project, '--extendedDiagnostics']).catch(
    (error: unknown) => error as { stdout: string },
  );
  expect(stdout).not.toMatch(/error TS/);
  const instantiations = Number(/Instantiations:\s+(\d+)/.exec(stdout)?.[1]);
  expect(instantiations).toBeGreaterThan(0);
  expect(instantiations).toBeLessThan(60_000);
});
