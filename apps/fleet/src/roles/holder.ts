import { say, stateFact } from '@bonafide/app-kit/role';
import { BonafideError } from '@bonafide/core';
import { openSession } from '@bonafide/core/session';
import { untilStopped, untilTold } from '../commands.ts';
import { register } from '../join.ts';

const options = await register();
try {
  await hold(false);
} catch (error) {
  const { code, message } = BonafideError.from(error);
  say(`refused: ${message}`);
  stateFact('refused', code);
  await untilTold('again');
  await hold(false);
}
await Promise.race([untilTold('take over').then(() => hold(true)), untilStopped()]);

/** Until it is told to leave, or replaced. */
async function hold(takeOver: boolean): Promise<void> {
  let ended: Promise<BonafideError | undefined>;
  {
    await using session = await openSession({ ...options, takeOver, reconnect: false });
    stateFact('opened', { sessionId: session.sessionId, epoch: session.epoch });
    say(`holds ${session.address}, epoch ${session.epoch}`);
    ended = session.untilDisconnected();
    await Promise.race([untilTold('leave'), ended, untilStopped()]);
  }
  const error = await ended;
  stateFact('left', { error: error?.code ?? null });
}
