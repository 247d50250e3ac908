import { say, stateFact } from '@bonafide/app-kit/role';
import { untilStopped } from '../commands.ts';
import { join } from '../join.ts';

// Tells what it hears.
await using session = await join();
session.on('message', ({ kind, from, body }) => {
  say(`hears ${JSON.stringify(body)}`);
  stateFact('message', { kind, from, body });
});
stateFact('ready');
await untilStopped();
