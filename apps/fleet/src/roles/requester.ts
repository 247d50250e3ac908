import { say, stateFact } from '@bonafide/app-kit/role';
import { untilStopped } from '../commands.ts';
import { join } from '../join.ts';

// Wants something of an agent that is not there.
await using session = await join();
const target = `ag::${session.workspace}::reporter::r1`;
const { taskId } = await session.tasks.create({
  ...{ taskType: 'report', mode: 'targeted', target, payload: { about: 'Quarter three' } },
  launchParameters: { language: 'nl' },
});
await session.send(target, 'Keep it short.');
say(`gave a task to ${target}, and sent it a message`);
for await (const { task } of session.tasks.watch({ taskId })) {
  if (task.status !== 'completed') continue;
  say(`it is done: ${JSON.stringify(task.result)}`);
  stateFact('finished', { task });
  break;
}
await untilStopped();
