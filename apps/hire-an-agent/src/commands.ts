import { createInterface } from 'node:readline';
import { say, stateFact } from '@bonafide/app-kit';
import type { Agent, RunningRole } from '@bonafide/core';

const commands = createInterface({ input: process.stdin });

/** Waits for the line that lets this role begin. */
export function untilTold(line: string): Promise<void> {
  return new Promise((resolve) => {
    commands.on('line', (each) => each === line && resolve());
  });
}

/** Does what is written to standard input, `cancel JOB AMOUNT`, until the process is told to stop or the role ends. */
export async function followCommands(agent: Agent, role?: RunningRole): Promise<void> {
  const stopped = new Promise<void>((resolve) => process.once('SIGTERM', () => resolve()));
  commands.on('line', (line) => void obey(agent, line).catch((error: Error) => say(error.message)));
  await Promise.race([stopped, ...(role ? [role.stopped] : [])]);
  commands.close();
}

async function obey(agent: Agent, line: string): Promise<void> {
  const [command, jobId = '', providerAmountUsdc = ''] = line.split(' ');
  if (command !== 'cancel') return;
  const { isWaiting } = await agent.jobs.cancel({ jobId, providerAmountUsdc });
  say(
    isWaiting
      ? `job ${jobId}: I agree to end it with ${providerAmountUsdc} USDC for the work so far`
      : `job ${jobId}: ended by agreement`,
  );
  stateFact('cancel', { isWaiting });
}
