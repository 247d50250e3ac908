// Finds, or brings from npm, the Node and pnpm this repository needs. Runs on Node 18 and newer, so: plain JavaScript.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_VERSION = '24.21.0';
const MINIMUM = [22, 18];
const TOOLS = join(ROOT, '.tools');
const isWindows = process.platform === 'win32';

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const PNPM_VERSION = manifest.packageManager.split('@')[1];

function isCurrent(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}

function npmInstall(what, spec) {
  console.error(`› bringing ${what} from npm (once) …`);
  const result = spawnSync(
    'npm',
    ['install', '--prefix', TOOLS, '--no-audit', '--no-fund', '--loglevel=error', spec],
    { stdio: ['ignore', 'ignore', 'inherit'], shell: isWindows },
  );
  if (result.status !== 0) {
    console.error(`Could not install ${spec} with npm. Check the network, or install ${what} yourself and try again.`);
    process.exit(1);
  }
}

function nodeBinary() {
  if (isCurrent(process.versions.node)) return process.execPath;
  const os = isWindows ? 'win' : process.platform;
  const name = `node-${os}-${process.arch}`;
  const binary = join(TOOLS, 'node_modules', name, 'bin', isWindows ? 'node.exe' : 'node');
  if (!existsSync(binary)) npmInstall(`Node ${NODE_VERSION}`, `${name}@${NODE_VERSION}`);
  return binary;
}

function pnpmEntry() {
  const entry = join(TOOLS, 'node_modules', 'pnpm', 'bin', 'pnpm.mjs');
  const installed = join(TOOLS, 'node_modules', 'pnpm', 'package.json');
  const isThere = existsSync(installed) && JSON.parse(readFileSync(installed, 'utf8')).version === PNPM_VERSION;
  if (!isThere) npmInstall(`pnpm ${PNPM_VERSION}`, `pnpm@${PNPM_VERSION}`);
  return entry;
}

/** The environment in which `node`, `pnpm` and the workspace's own binaries are the right ones. */
export function toolEnvironment(node = nodeBinary()) {
  const path = [dirname(node), join(TOOLS, 'node_modules', '.bin'), join(ROOT, 'node_modules', '.bin'), process.env.PATH];
  return { ...process.env, PATH: path.join(delimiter), TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
}

export function toolchain() {
  const node = nodeBinary();
  return { node, pnpm: pnpmEntry(), env: toolEnvironment(node) };
}
