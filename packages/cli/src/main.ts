#!/usr/bin/env node
// The default import: an old Node has no `enableCompileCache`, and must get as far as the message below.
import module from 'node:module';
import { homedir } from 'node:os';

const MINIMUM = [22, 18] as const;

function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}

async function main(): Promise<number> {
  if (!isSupported(process.versions.node)) {
    console.error(`bonafide needs Node ${MINIMUM.join('.')} or newer; this is ${process.versions.node}.`);
    return 1;
  }
  module.enableCompileCache();
  const stopping = new AbortController();
  // Every time, not once: a shell and a wrapper may both pass on the same Ctrl-C, and a clean stop takes a moment.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
  // `bonafide … | head` closes the pipe: that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  // Only now, so that an old Node gets the message above instead of a syntax error.
  const { run } = await import('./run.ts');
  const { env, stdin, stdout, stderr } = process;
  return run(process.argv.slice(2), { env, home: homedir(), stdin, stdout, stderr, signal: stopping.signal });
}

process.exitCode = await main();
