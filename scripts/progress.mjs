// Runs a command while telling a person what is being done and for how long. Its output is shown only when it fails.
import { spawn } from 'node:child_process';

const REMIND_EVERY_MS = 20_000;
const isTerminal = process.stderr.isTTY === true && !process.env.CI;

export function elapsed(startedAt) {
  const seconds = (Date.now() - startedAt) / 1000;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

function ticker(title, startedAt) {
  if (!isTerminal) {
    console.error(`› ${title} …`);
    return setInterval(() => console.error(`  still ${title} (${elapsed(startedAt)})`), REMIND_EVERY_MS);
  }
  const draw = () => process.stderr.write(`\r\u001b[K› ${title} … ${elapsed(startedAt)}`);
  draw();
  return setInterval(draw, 500);
}

function collect(child) {
  return new Promise((resolve) => {
    const output = [];
    const stdout = [];
    child.stdout.on('data', (chunk) => stdout.push(chunk));
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => resolve({ code: 127, output: String(error), stdout: '' }));
    child.on('close', (code) => {
      resolve({
        code: code ?? 1,
        output: Buffer.concat(output).toString(),
        stdout: Buffer.concat(stdout).toString(),
      });
    });
  });
}

/** Resolves with the exit code, the whole output and the time it took; never rejects. */
export async function runWithProgress(title, command, { args, ...options }) {
  const startedAt = Date.now();
  const timer = ticker(title, startedAt);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const stop = () => {
    child.kill('SIGTERM');
    process.exit(143);
  };
  process.once('SIGTERM', stop);
  const result = await collect(child);
  process.off('SIGTERM', stop);
  clearInterval(timer);
  if (isTerminal) process.stderr.write('\r\u001b[K');
  return { ...result, took: elapsed(startedAt) };
}
