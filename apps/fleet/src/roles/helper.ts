import { stateFact } from '@bonafide/app-kit/role';
import { untilStopped } from '../commands.ts';
import { join } from '../join.ts';

// Answers what it is told, and does tasks for itself and for the pool of its implementation.
await using session = await join();
session.on('chat', async (message) => {
  await message.reply({ heard: message.body });
});
await using _worker = session.work({}, () => ({ doneBy: session.address }));
stateFact('ready');
await untilStopped();
