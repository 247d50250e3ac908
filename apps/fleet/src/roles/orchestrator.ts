import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { required, say, stateFact } from '@bonafide/app-kit/role';
import { BonafideError } from '@bonafide/core';
import { type Assignment, parseAddress } from '@bonafide/core/models';
import { untilStopped } from '../commands.ts';
import { join } from '../join.ts';

// Starts what is assigned to it as processes of this machine. Which program an implementation is, it alone decides:
// parameters that came with an assignment are data for that program.
const programs: Readonly<Record<string, string>> = { reporter: './reporter.ts', cruncher: './worker.ts' };
const running = new Set<ChildProcess>();

await using session = await join({ profiles: ['process'] });
session.on('assignment', async ({ body }) => {
  const { launchId, implementation, address, profile, launchParameters } = body;
  stateFact('assigned', { implementation, address, profile, launchParameters });
  const program = programs[implementation];
  if (program) start(program, body);
  else await session.launches.reportFailure({ launchId, reason: `I have no program for ${implementation}.` });
});
stateFact('ready');
await untilStopped();
for (const child of running) {
  child.removeAllListeners('exit');
  child.kill('SIGTERM');
}

function start(program: string, assignment: Assignment): void {
  const { launchId, implementation, address, taskToken, launchParameters } = assignment;
  const env = {
    ...{ PATH: process.env.PATH, NO_COLOR: '1', BONAFIDE_URL: required('BONAFIDE_URL') },
    ...{ BONAFIDE_TOKEN: taskToken, FLEET_PARAMETERS: JSON.stringify(launchParameters) },
    FLEET_PRINCIPAL: JSON.stringify(principalOf(address, implementation)),
    FLEET_JOURNAL: process.env.FLEET_JOURNAL,
  };
  const file = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', file], {
    ...{ env, stdio: ['ignore', 'inherit', 'inherit'] },
  });
  running.add(child);
  say(`starts ${implementation}, process ${child.pid}; ${running.size} are running`);
  const onEnd = (reason: string): void => {
    running.delete(child);
    say(reason);
    void giveBack(launchId, reason);
  };
  child.once('error', (error) => onEnd(`${implementation} did not start: ${error.message}`));
  child.once('exit', (code, signal) => onEnd(`process ${child.pid} ended (${signal ?? code})`));
}

/** So that another is started at once, and not when the time to connect is over. */
async function giveBack(launchId: string, reason: string): Promise<void> {
  try {
    await session.launches.reportFailure({ launchId, reason });
  } catch (error) {
    // It had connected before it ended: what it left undone is offered again.
    if (!BonafideError.is(error) || error.code !== 'CONFLICT') throw error;
  }
}

function principalOf(address: string | undefined, implementation: string): object {
  if (address === undefined) return { type: 'pooled-task', implementation };
  const parsed = parseAddress(address);
  if (!('specifier' in parsed)) return { type: parsed.type };
  return { type: parsed.type, implementation: parsed.implementation, specifier: parsed.specifier };
}
