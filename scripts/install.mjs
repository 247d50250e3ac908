// Installs the workspace and generates what is generated, when something changed since the last time.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './toolchain.mjs';

const STAMP = join(ROOT, '.tools', 'installed');

function manifests() {
  const folders = ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(ROOT, parent)).map((name) => join(parent, name)),
  );
  return ['.', 'bench', ...folders].map((folder) => join(ROOT, folder, 'package.json')).filter(existsSync);
}

function fingerprint() {
  const hash = createHash('sha256').update(process.platform + process.arch);
  for (const file of [...manifests(), join(ROOT, 'pnpm-lock.yaml'), join(ROOT, 'pnpm-workspace.yaml')]) {
    hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

function run(title, command, args, env) {
  console.error(`› ${title} …`);
  const result = spawnSync(command, args, { cwd: ROOT, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (result.status === 0) return;
  console.error(result.stdout, result.stderr);
  console.error(`${title} failed. The output above says why.`);
  process.exit(1);
}

export function installWorkspace({ node, pnpm, env }) {
  const print = fingerprint();
  const isInstalled = existsSync(join(ROOT, 'node_modules', '.modules.yaml'));
  if (!isInstalled || !existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== print) {
    run('installing packages', node, [pnpm, 'install', '--frozen-lockfile'], env);
    mkdirSync(join(ROOT, '.tools'), { recursive: true });
    writeFileSync(STAMP, print);
  }
  generate(node, env);
}

// Skips itself in milliseconds when the Solidity sources have not changed.
function generate(node, env) {
  const script = join(ROOT, 'packages', 'contracts', 'scripts', 'generate.ts');
  const result = spawnSync(node, [script], { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.status !== 0) process.exit(1);
}
