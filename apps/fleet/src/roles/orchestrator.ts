import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { required, say, stateFact } from '@bonafide/app-kit/role';
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
for (const child of running) child.kill('SIGTERM');

function start(program: string, assignment: Assignment): void {
  const { implementation, address, taskToken, launchParameters } = assignment;
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
  child.once('exit', (code, signal) => {
    running.delete(child);
    if (code !== 0) say(`process ${child.pid} ended (${signal ?? code})`);
  });
}

function principalOf(address: string | undefined, implementation: string): object {
  if (address === undefined) return { type: 'pooled-task', implementation };
  const parsed = parseAddress(address);
  if (!('specifier' in parsed)) return { type: parsed.type };
  return { type: parsed.type, implementation: parsed.implementation, specifier: parsed.specifier };
}
