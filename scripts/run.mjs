// The one entry behind every npm script: `node scripts/run.mjs COMMAND [arguments]`.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { installWorkspace } from './install.mjs';
import { ROOT, toolchain } from './toolchain.mjs';

const BENCH_SUFFIX = '.bench.ts';

const apps = () =>
  readdirSync(join(ROOT, 'apps'))
    .map((name) => ({ name, file: join(ROOT, 'apps', name, 'src', 'main.ts') }))
    .filter(({ file }) => existsSync(file));

const benchmarks = () =>
  readdirSync(join(ROOT, 'bench'))
    .filter((file) => file.endsWith(BENCH_SUFFIX))
    .map((file) => ({ name: file.slice(0, -BENCH_SUFFIX.length), file: join(ROOT, 'bench', file) }));

function pick(kind, choices, name) {
  const choice = choices.find((each) => each.name === name);
  if (choice) return choice.file;
  console.error(name ? `There is no ${kind} named '${name}'.` : `Which ${kind}?`);
  console.error(`Choose one of: ${choices.map((each) => each.name).join(', ') || '(there are none yet)'}`);
  process.exit(2);
}

const script = (name) => join(ROOT, 'scripts', name);

// Each takes the tools and the arguments and returns the command line.
const commands = {
  setup: ({ node }) => [node, script('ready.mjs')],
  test: ({ node }, args) => [node, script('check.mjs'), ...args],
  app: ({ node }, [name, ...args]) => [node, pick('app', apps(), name), ...args],
  bench: ({ node }, [name, ...args]) => [node, pick('benchmark', benchmarks(), name), ...args],
  pnpm: ({ node, pnpm }, args) => [node, pnpm, ...args],
  exec: (_tools, args) => args,
};

function start([command, ...args], env) {
  const shell = process.platform === 'win32' && !command.includes('\\');
  const child = spawn(command, args, { cwd: ROOT, env, stdio: 'inherit', shell });
  // On a terminal Ctrl-C reaches the child by itself; a second SIGINT would cut its clean-up short.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => {
    console.error(`Could not start ${command}: ${error.message}`);
    process.exit(127);
  });
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
}

const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(commands, name ?? '')) {
  console.error(`Usage: node scripts/run.mjs ${Object.keys(commands).join('|')} [arguments]`);
  process.exit(2);
}
// An unknown name is refused before anything is downloaded for it.
if (name === 'app') pick('app', apps(), args[0]);
if (name === 'bench') pick('benchmark', benchmarks(), args[0]);

const tools = await toolchain();
await installWorkspace(tools);
start(commands[name](tools, args), tools.env);
