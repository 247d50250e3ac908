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
  const entry = join(TOOLS, 'node_modules', name, 'bin', isWindows ? 'node.exe' : 'node');
  return { title: 'Node', name, version: NODE_VERSION, entry, command: entry, args: [] };
}

function pnpmTool(node) {
  const entry = join(TOOLS, 'node_modules', 'pnpm', 'bin', 'pnpm.mjs');
  return { title: 'pnpm', name: 'pnpm', version: PNPM_VERSION, entry, command: node, args: [entry] };
}

// A stamp is written last, after the tool has run once, so an interrupted download is noticed and repaired.
const stampOf = ({ name, version }) => join(TOOLS, `${name}-${version}.ok`);

function works(tool) {
  if (!existsSync(tool.entry)) return false;
  if (existsSync(stampOf(tool))) return true;
  const result = spawnSync(tool.command, [...tool.args, '--version'], { encoding: 'utf8', cwd: TOOLS });
  if (result.status !== 0 || result.stdout.trim().replace(/^v/, '') !== tool.version) return false;
  writeFileSync(stampOf(tool), '');
  return true;
}

// Both tools are dependencies of one manifest, because npm removes what the manifest does not name.
function writeManifest(tools) {
  rmSync(TOOLS, { recursive: true, force: true });
  mkdirSync(TOOLS, { recursive: true });
  const dependencies = Object.fromEntries(tools.map(({ name, version }) => [name, version]));
  writeFileSync(join(TOOLS, 'package.json'), `${JSON.stringify({ private: true, dependencies }, null, 2)}\n`);
}

async function bring(tools) {
  const what = tools.map(({ title, version }) => `${title} ${version}`).join(' and ');
  writeManifest(tools);
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error'];
  const title = `bringing ${what} from npm into .tools (once)`;
  const result = await runWithProgress(title, 'npm', { args, cwd: TOOLS, shell: isWindows });
  if (result.code === 0 && tools.every(works)) return console.error(`✓ ${what} (${result.took})`);
  console.error(result.output);
  console.error(`Could not bring ${what} from npm. If the network is fine, there may be no such package for`);
  console.error(`${process.platform} ${process.arch}: install Node 22.18 or newer yourself, then try again.`);
  process.exit(1);
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
  const own = runsThisRepository(process.versions.node) ? [] : [nodeTool()];
  const node = own[0]?.entry ?? process.execPath;
  const pnpm = pnpmTool(node);
  const tools = [...own, pnpm];
  if (!tools.every(works)) await bring(tools);
  return { node, pnpm: pnpm.entry, env: environment(node) };
}
