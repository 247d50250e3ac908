import { say, stateFact } from '@bonafide/app-kit/role';
import type { IncomingMessage, Session } from '@bonafide/core/session';
import { codeOf } from '../codes.ts';
import { untilStopped, untilTold } from '../commands.ts';
import { join } from '../join.ts';

const KEY = 'journey';

await using session = await join();
say(`I am ${session.address}, epoch ${session.epoch}`);
if (process.env.FLEET_RESUMES) await restore(session);
else {
  await talk(session);
  await keep(session);
  await share(session);
  await work(session);
  stateFact('saved', await session.checkpoints.save({ key: KEY, data: { step: 7 } }));
}
await untilStopped();

async function talk(session: Session): Promise<void> {
  const order: string[] = [];
  const answered = new Promise<IncomingMessage>((resolve) => {
    session.on('message', (message) => {
      order.push('message');
      resolve(message);
    });
  });
  session.on('chat', async () => {
    await Promise.resolve();
    order.push('chat');
  });
  const helper = `ag.${session.workspace}.helper.1`;
  const first = await session.send(helper, 'Hello!', { messageId: 'hello-1' });
  const second = await session.send(helper, 'Hello!', { messageId: 'hello-1' });
  const { from, body } = await answered;
  say(`${from} answers ${JSON.stringify(body)}`);
  stateFact('talked', {
    ...{ from, answer: body, order },
    isDuplicate: [first.isDuplicate, second.isDuplicate],
  });
}

async function keep({ kv }: Session): Promise<void> {
  const { version } = await kv.put({ key: 'team/a', value: { city: 'Oslo' } });
  await kv.put({ key: 'team/b', value: 1, ifVersion: 0 });
  const stale = await codeOf(kv.put({ key: 'team/a', value: null, ifVersion: version + 1 }));
  const { entry } = await kv.get({ key: 'team/a' });
  const { items } = await kv.list({ prefix: 'team/' });
  await kv.delete({ key: 'team/b' });
  stateFact('kept', {
    ...{ value: entry?.value, stale, keys: items.map(({ key }) => key) },
    afterDelete: (await kv.get({ key: 'team/b' })).isFound,
    global: await codeOf(kv.put({ key: 'motto', value: 'everywhere', scope: 'global' })),
  });
}

async function share({ kv }: Session): Promise<void> {
  await untilTold('global');
  await kv.put({ key: 'motto', value: 'everywhere', scope: 'global' });
  const { entry } = await kv.get({ key: 'motto', scope: 'global' });
  stateFact('shared', { value: entry?.value });
}

async function work(session: Session): Promise<void> {
  const { tasks, address, workspace } = session;
  await using _worker = session.work({ taskTypes: ['think'] }, () => ({ doneBy: address }));
  const target = `ag::${workspace}::helper::2`;
  const created = {
    self: [await tasks.create({ taskType: 'think', mode: 'self' })],
    targeted: [await tasks.create({ taskType: 'fetch', mode: 'targeted', target })],
    pool: await Promise.all(
      Array.from({ length: 6 }, (_, part) =>
        tasks.create({ taskType: 'sort', mode: 'pool', implementation: 'helper', payload: { part } }),
      ),
    ),
  };
  const doneBy = async ({ taskId }: { readonly taskId: string }): Promise<unknown> => {
    for await (const { task } of tasks.watch({ taskId }))
      if (task.status === 'completed') return (task.result as { readonly doneBy: string }).doneBy;
    throw new Error(`The changes of task ${taskId} ended before it was done.`);
  };
  stateFact('worked', {
    self: await Promise.all(created.self.map(doneBy)),
    targeted: await Promise.all(created.targeted.map(doneBy)),
    pool: await Promise.all(created.pool.map(doneBy)),
  });
}

async function restore({ checkpoints }: Session): Promise<void> {
  const { isFound, data, checkpoint } = await checkpoints.load({ key: KEY });
  const { items } = await checkpoints.list();
  await checkpoints.delete({ key: KEY });
  stateFact('restored', {
    ...{ isFound, data, version: checkpoint?.version, keys: items.map(({ key }) => key) },
    isFoundLater: (await checkpoints.load({ key: KEY })).isFound,
  });
}
