// Installs the workspace and generates what is generated, when something changed since the last time.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runWithProgress } from './progress.mjs';
import { ROOT, TOOLS } from './toolchain.mjs';

const INSTALLED = join(TOOLS, 'installed');
const GENERATED = join(TOOLS, 'generated');
const CONTRACTS = join(ROOT, 'packages', 'contracts');

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function fingerprint(files) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of files.filter(existsSync).sort()) hash.update(`\0${file}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

function manifests() {
  const folders = ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(ROOT, parent)).map((name) => join(ROOT, parent, name)),
  );
  const names = [ROOT, join(ROOT, 'bench'), ...folders].map((folder) => join(folder, 'package.json'));
  return [...names, join(ROOT, 'pnpm-lock.yaml'), join(ROOT, 'pnpm-workspace.yaml')];
}

// Inputs of the compiler; outputs are checked only for being there.
function contractSources() {
  const folders = ['solidity', 'scripts'].flatMap((name) => filesBelow(join(CONTRACTS, name)));
  return [...folders, join(CONTRACTS, 'package.json'), join(CONTRACTS, 'foundry.toml')];
}

const readStamp = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

async function step(title, { command, args, env, advice }) {
  const result = await runWithProgress(title, command, { args, env, cwd: ROOT });
  if (result.code === 0) return console.error(`✓ ${title} (${result.took})`);
  console.error(result.output);
  console.error(`${title} failed; its output is above. ${advice}`);
  process.exit(1);
}

// The stamp goes first and comes back last, so an interrupted run is taken up again.
async function unlessStamped(stamp, { print, isComplete, run }) {
  if (isComplete && readStamp(stamp) === print()) return;
  rmSync(stamp, { force: true });
  await run();
  mkdirSync(TOOLS, { recursive: true });
  writeFileSync(stamp, print());
}

/** Leaves an installed workspace with generated sources; does nothing, in silence, when that holds already. */
export async function installWorkspace({ node, pnpm, env }) {
  const frozen = env.CI ? ['--frozen-lockfile'] : [];
  await unlessStamped(INSTALLED, {
    print: () => fingerprint(manifests()),
    isComplete: existsSync(join(ROOT, 'node_modules', '.modules.yaml')),
    run: () =>
      step('installing packages', {
        command: node,
        args: [pnpm, 'install', ...frozen],
        env,
        advice:
          'If it names the network or the registry, check them; running the same command again continues.',
      }),
  });
  await unlessStamped(GENERATED, {
    print: () => fingerprint(contractSources()),
    isComplete: filesBelow(join(CONTRACTS, 'src', 'generated')).length > 0,
    run: () =>
      step('compiling contracts', {
        command: node,
        args: [join(CONTRACTS, 'scripts', 'generate.ts')],
        env,
        advice: 'A Solidity error names its file and line; fix it and run the same command again.',
      }),
  });
}
