import { createInterface } from 'node:readline';

const heard: string[] = [];
const waiting = new Map<string, () => void>();

createInterface({ input: process.stdin }).on('line', (line) => {
  const resolve = waiting.get(line);
  if (!resolve) return void heard.push(line);
  waiting.delete(line);
  resolve();
});

const stopped = new Promise<void>((resolve) => process.once('SIGTERM', resolve));

/** Resolves once whoever started this process has written this line, which may be before; rejects when it ends it instead. */
export async function untilTold(line: string): Promise<void> {
  const index = heard.indexOf(line);
  if (index >= 0) return void heard.splice(index, 1);
  const told = new Promise<void>((resolve) => waiting.set(line, resolve));
  const ended = stopped.then(() => Promise.reject(new Error(`Ended before it was told '${line}'.`)));
  await Promise.race([told, ended]);
}

/** Resolves once whoever started this process ends it; from then on only open sessions keep it alive. */
export async function untilStopped(): Promise<void> {
  await stopped;
  process.stdin.destroy();
}
