import { appendFileSync } from 'node:fs';
import { required, stateFact } from '@bonafide/app-kit/role';
import type { Session } from '@bonafide/core/session';
import { untilStopped } from '../commands.ts';
import { joinAsLaunched } from '../join-launched.ts';

// One of a pool: takes tasks, one at a time, and writes down what it does where everybody can read it.
const journal = required('FLEET_JOURNAL');
await using session = await joinAsLaunched();
const gate = untilOpen(session);
let isFirst = true;

await using _worker = session.work({ taskTypes: ['crunch'] }, async ({ task }) => {
  const { taskId, attempt } = task;
  const line = { taskId, attempt, worker: session.address, pid: process.pid };
  writeDown({ change: 'began', ...line });
  if (isFirst) stateFact('at work', { change: 'began', ...line });
  isFirst = false;
  await gate;
  const primes = countPrimes(task.payload as { readonly from: number; readonly to: number });
  writeDown({ change: 'ended', ...line, primes });
  return { primes };
});
await untilStopped();

function writeDown(line: object): void {
  appendFileSync(journal, `${JSON.stringify(line)}\n`);
}

async function untilOpen({ kv }: Session): Promise<void> {
  for await (const { value } of kv.watch({ prefix: 'gate' })) if (value === 'open') return;
}

function countPrimes({ from, to }: { readonly from: number; readonly to: number }): number {
  const isPrime = (number: number): boolean => {
    for (let divisor = 2; divisor * divisor <= number; divisor += 1) if (number % divisor === 0) return false;
    return number >= 2;
  };
  return Array.from({ length: to - from }, (_, index) => from + index).filter(isPrime).length;
}
