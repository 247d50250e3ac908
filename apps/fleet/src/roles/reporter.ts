import { required, say, stateFact } from '@bonafide/app-kit';
import { untilStopped } from '../commands.ts';
import { joinAsLaunched } from '../join.ts';

// Started because it was needed. What was sent while it was away is waiting.
const { language } = JSON.parse(required('FLEET_PARAMETERS'));
await using session = await joinAsLaunched();
say(`${session.address} is here`);
session.on('chat', ({ from, body }) => stateFact('got', { from, body }));
await using _worker = session.work({}, ({ task }) => {
  const { about } = task.payload as { readonly about: string };
  return { report: `${about}, in ${language}` };
});
await untilStopped();
