import { say, stateFact } from '@bonafide/app-kit/role';
import { codeOf } from '../codes.ts';
import { untilStopped } from '../commands.ts';
import { join } from '../join.ts';

// Receives, and is refused whatever it tries to send.
await using session = await join();
session.on('metric', ({ from, body }) => {
  say(`gets ${JSON.stringify(body)}`);
  stateFact('metric', { from, body });
});
const { workspace } = session;
stateFact('refused', {
  send: await codeOf(session.send(`ag::${workspace}::sensor::default`, 'hello')),
  event: await codeOf(session.sendEvent('meter.full')),
  metric: await codeOf(session.sendMetric({ raw: 'mine' })),
  broadcast: await codeOf(session.messages.broadcast({ to: `ga::${workspace}`, body: 'hello' })),
});
await untilStopped();
