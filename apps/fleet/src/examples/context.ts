import assert from 'node:assert/strict';
import { tell } from '@bonafide/app-kit';
import type { Stage } from '../fleet.ts';

const OWNER_OF_THE_NAME = { file: 'holder', role: 'agent', name: 'holder' } as const;

/** What `await using` opens it closes, and with the connection goes the lock. */
export async function context(stage: Stage): Promise<void> {
  const { owner, workspace } = stage;
  const address = `ag::${workspace}::holder::default`;
  const live = async (): Promise<readonly string[]> =>
    (await owner.connections.list({ address })).items.map((each) => each.sessionId);

  const holder = stage.start(OWNER_OF_THE_NAME);
  const opened = await holder.fact<{ sessionId: string; epoch: number }>('opened');
  assert.deepEqual(await live(), [opened.sessionId]);

  const rival = stage.start(OWNER_OF_THE_NAME);
  assert.equal(await rival.fact('refused'), 'CONFLICT');
  tell('check', 'a second process with the same key is refused while the first is connected');

  holder.send('leave');
  assert.deepEqual(await holder.fact('left'), { error: null });
  assert.deepEqual(await live(), []);
  rival.send('again');
  const next = await rival.fact<{ sessionId: string; epoch: number }>('opened');
  assert.ok(next.epoch > opened.epoch, 'the epoch rises');
  tell(
    'check',
    `left at the end of its scope, epoch ${opened.epoch}; the second is in with epoch ${next.epoch}`,
  );

  holder.send('take over');
  const taken = await holder.fact<{ sessionId: string; epoch: number }>('opened');
  assert.ok(taken.epoch > next.epoch);
  const lost = await rival.fact<{ error: string | null }>('left');
  assert.notEqual(lost.error, null, 'who was replaced is told why');
  assert.deepEqual(await live(), [taken.sessionId]);
  tell('check', `the first took over with epoch ${taken.epoch}; the second was told: ${lost.error}`);
}
