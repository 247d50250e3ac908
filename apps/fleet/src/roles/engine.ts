import { say, stateFact } from '@bonafide/app-kit/role';
import { untilStopped } from '../commands.ts';
import { join } from '../join.ts';

// An engine of one's own beside the rules: gets every event of the workspace.
await using session = await join();
session.on('event', async ({ kind, from, body }) => {
  stateFact('event', { kind, from, body });
  const { data } = body as { readonly data: { readonly name: string; readonly ok: boolean } };
  say(`sees that ${data.name} ended ${data.ok ? 'well' : 'badly'}`);
  const text = `${data.name} failed: somebody look`;
  if (!data.ok) await session.send(`ag::${session.workspace}::announcer::default`, { text });
});
stateFact('ready');
await untilStopped();
