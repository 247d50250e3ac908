#!/usr/bin/env node
// The command inside this repository; the published package runs dist/main.js. Plain JavaScript, because it must
// also start on a Node that is too old: then it runs itself again on the one of this repository.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { toolchain } from '../../../scripts/toolchain.mjs';

const main = new URL('../src/main.ts', import.meta.url);
const { node, env } = await toolchain();

if (node === process.execPath) {
  await import(main.href);
} else {
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}
