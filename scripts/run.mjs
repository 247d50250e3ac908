// The one entry behind every npm script: `node scripts/run.mjs COMMAND [arguments]`.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installWorkspace } from './install.mjs';
import { ROOT, toolchain } from './toolchain.mjs';

function pick(kind, folder, name, entry) {
  const names = readdirSync(join(ROOT, folder)).filter((each) => existsSync(join(ROOT, folder, entry(each))));
  if (name && names.includes(name)) return join(ROOT, folder, entry(name));
  console.error(`${name ? `There is no ${kind} named '${name}'.` : `Which ${kind}?`} Choose one of: ${names.map((each) => each.replace(/\.bench\.ts$/, '')).join(', ')}.`);
  process.exit(2);
}

const commands = {
  setup: () => [join(ROOT, 'scripts', 'ready.mjs')],
  test: (args) => [join(ROOT, 'scripts', 'check.mjs'), ...args],
  app: ([name, ...args]) => [pick('app', 'apps', name, (each) => join(each, 'src', 'main.ts')), ...args],
  bench: ([name, ...args]) => [pick('benchmark', 'bench', name && `${name}.bench.ts`, (each) => each.endsWith('.bench.ts') ? each : 'none'), ...args],
  exec: ([binary, ...args]) => [binary, ...args],
};

const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(commands, name ?? '')) {
  console.error(`Usage: node scripts/run.mjs ${Object.keys(commands).join('|')} [arguments]`);
  process.exit(2);
}

const tools = toolchain();
installWorkspace(tools);
const [first, ...rest] = commands[name](args);
const [command, commandArgs] = name === 'exec' ? [first, rest] : [tools.node, [first, ...rest]];
const child = spawn(command, commandArgs, { cwd: ROOT, env: tools.env, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
