import assert from 'node:assert/strict';
import { tell } from '@bonafide/app-kit';
import type { Message, Task } from '@bonafide/core/models';
import type { Stage } from '../fleet.ts';

export const ORCHESTRATOR = {
  file: 'orchestrator',
  role: 'orchestrator',
  name: 'launcher',
  principal: { type: 'orchestrator', implementation: 'launcher', specifier: 'default' },
} as const;

/** Work and a message for an agent that is away: an orchestrator starts it, and both are waiting for it. */
export async function orchestrator(stage: Stage): Promise<void> {
  const { owner, workspace } = stage;
  await owner.implementations.put({
    ...{ implementation: 'reporter', profile: 'process' },
    launchParameters: { language: 'en', tone: 'dry' },
  });
  const launcher = await stage.startPermitted(ORCHESTRATOR);
  await launcher.fact('ready');
  const requester = stage.start({ file: 'requester', role: 'agent', name: 'requester' });

  const assigned = await launcher.fact<Record<string, unknown>>('assigned');
  const address = `ag::${workspace}::reporter::r1`;
  assert.deepEqual(assigned, {
    ...{ implementation: 'reporter', address, profile: 'process' },
    launchParameters: { language: 'nl', tone: 'dry' },
  });
  const got = await launcher.fact<Pick<Message, 'from' | 'body'>>('got');
  assert.deepEqual(got, { from: `ag::${workspace}::requester::default`, body: 'Keep it short.' });
  const { task } = await requester.fact<{ task: Task }>('finished');
  assert.equal(task.assignedTo, address);
  assert.deepEqual(task.result, { report: 'Quarter three, in nl' });
  const refused = await launcher.fact('refused');
  assert.deepEqual(refused, {
    anotherAddress: 'FORBIDDEN',
    administration: 'FORBIDDEN',
    launching: 'FORBIDDEN',
  });
  tell('check', 'its token opens no other address, and no administration');
  const { items } = await owner.launches.list();
  assert.deepEqual(
    items.map(({ status, address: started }) => ({ status, started })),
    [{ status: 'started', started: address }],
  );
  tell('check', 'one assignment, one start; the message sent before was delivered, and the task is done');
}
