// Finds, or brings from npm, the Node and pnpm this repository needs. Runs on Node 18 and newer, so: plain JavaScript.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runWithProgress } from './progress.mjs';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const TOOLS = join(ROOT, '.tools');

const NODE_VERSION = '24.21.0';
const isWindows = process.platform === 'win32';
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const PNPM_VERSION = manifest.packageManager.split('@')[1];

// 22.18 is the first release that runs TypeScript files without a flag; the odd 23 is not maintained.
function runsThisRepository(version) {
  const [major, minor] = version.split('.').map(Number);
  return major >= 24 || (major === 22 && minor >= 18);
}

function nodeTool() {
  const name = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;
  const folder = join(TOOLS, 'node_modules', name);
  const entry = join(folder, 'bin', isWindows ? 'node.exe' : 'node');
  return {
    what: `Node ${NODE_VERSION}`,
    spec: `${name}@${NODE_VERSION}`,
    folder,
    entry,
    command: entry,
    args: [],
  };
}

function pnpmTool(node) {
  const folder = join(TOOLS, 'node_modules', 'pnpm');
  const entry = join(folder, 'bin', 'pnpm.mjs');
  return {
    what: `pnpm ${PNPM_VERSION}`,
    spec: `pnpm@${PNPM_VERSION}`,
    folder,
    entry,
    command: node,
    args: [entry],
  };
}

// The stamp is written last, after the tool has run, so an interrupted download is noticed and repaired.
const stampOf = (tool) => join(TOOLS, `${tool.spec.replace('@', '-')}.ok`);

function works(tool) {
  if (!existsSync(tool.entry)) return false;
  const result = spawnSync(tool.command, [...tool.args, '--version'], { encoding: 'utf8', cwd: TOOLS });
  return result.status === 0 && result.stdout.trim().replace(/^v/, '') === tool.spec.split('@').pop();
}

function confirm(tool) {
  if (existsSync(stampOf(tool)) && existsSync(tool.entry)) return true;
  if (!works(tool)) return false;
  writeFileSync(stampOf(tool), '');
  return true;
}

async function bring(tool) {
  rmSync(tool.folder, { recursive: true, force: true });
  mkdirSync(TOOLS, { recursive: true });
  const manifestFile = join(TOOLS, 'package.json');
  if (!existsSync(manifestFile)) writeFileSync(manifestFile, '{ "private": true }\n');
  const args = ['install', '--prefix', TOOLS, '--no-audit', '--no-fund', '--loglevel=error', tool.spec];
  const title = `bringing ${tool.what} from npm into .tools (once)`;
  const result = await runWithProgress(title, 'npm', { args, cwd: TOOLS, shell: isWindows });
  if (result.code === 0 && confirm(tool)) return console.error(`✓ ${tool.what} (${result.took})`);
  console.error(result.output);
  console.error(
    `Could not bring ${tool.spec} from npm. If the network is fine, this machine (${process.platform}`,
  );
  console.error(
    `${process.arch}) may have no such package: install Node 22.18 or newer yourself, then try again.`,
  );
  process.exit(1);
}

async function ensure(tool) {
  if (!confirm(tool)) await bring(tool);
}

async function nodeBinary() {
  if (runsThisRepository(process.versions.node)) return process.execPath;
  const tool = nodeTool();
  await ensure(tool);
  return tool.entry;
}

/** The environment in which `node`, `pnpm` and the workspace's own binaries are the right ones. */
function environment(node) {
  const binaries = [dirname(node), join(TOOLS, 'node_modules', '.bin'), join(ROOT, 'node_modules', '.bin')];
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  env[key] = [...binaries, env[key]].join(delimiter);
  return env;
}

/** The Node and pnpm to use, brought from npm when they are missing. */
export async function toolchain() {
  const node = await nodeBinary();
  const tool = pnpmTool(node);
  await ensure(tool);
  return { node, pnpm: tool.entry, env: environment(node) };
}
