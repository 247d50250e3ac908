import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type RoleProcess, tell } from '@bonafide/app-kit';
import type { Stage } from '../fleet.ts';

const EXPLORER = { file: 'agent', role: 'agent', name: 'explorer' } as const;

/** Messages, keys, tasks in all three modes, and a state that outlives its process. */
export async function agent(stage: Stage): Promise<void> {
  for (const specifier of ['1', '2']) await startHelper(stage, specifier);
  const explorer = stage.start(EXPLORER);
  await checkMessages(stage, explorer);
  await checkKeys(stage, explorer);
  await checkTasks(stage, explorer);
  await checkCheckpoint(stage, explorer);
}

async function startHelper(stage: Stage, specifier: string): Promise<void> {
  const principal = { type: 'agent', implementation: 'helper', specifier } as const;
  const helper = stage.start({ file: 'helper', role: 'helper', name: `helper-${specifier}`, principal });
  await helper.fact('ready');
}

async function checkMessages({ workspace }: Stage, explorer: RoleProcess): Promise<void> {
  const talk = await explorer.fact<Record<string, unknown>>('talked');
  assert.deepEqual(talk, {
    from: `ag::${workspace}::helper::1`,
    answer: { heard: 'Hello!' },
    order: ['chat', 'message'],
    isDuplicate: [false, true],
  });
  tell(
    'check',
    'the answer came from whom the gateway says; sent twice under one id, the message counts once',
  );
}

async function checkKeys({ tenantOwner }: Stage, explorer: RoleProcess): Promise<void> {
  const { agentId } = await explorer.fact<{ agentId: string }>('registered');
  const kept = await explorer.fact('kept');
  assert.deepEqual(kept, {
    value: { city: 'Oslo' },
    stale: 'CONFLICT',
    keys: ['team/a', 'team/b'],
    afterDelete: false,
    global: 'FORBIDDEN',
  });
  const rule = { resourceType: 'kv', resourceId: 'global/*', level: 20 } as const;
  await tenantOwner.acl.createRule({ principalType: 'agent', principalId: `agent:${agentId}`, ...rule });
  tell('human', 'the owner of the tenant lets the explorer write keys of all workspaces');
  explorer.send('global');
  assert.deepEqual(await explorer.fact('shared'), { value: 'everywhere' });
  tell('check', 'a stale write is a conflict, and keys of all workspaces need a rule');
}

async function checkTasks({ workspace, owner }: Stage, explorer: RoleProcess): Promise<void> {
  const { self, targeted, pool } =
    await explorer.fact<Record<'self' | 'targeted' | 'pool', string[]>>('worked');
  const helper = (specifier: string): string => `ag::${workspace}::helper::${specifier}`;
  assert.deepEqual(self, [`ag::${workspace}::explorer::default`]);
  assert.deepEqual(targeted, [helper('2')]);
  assert.equal(pool.length, 6);
  for (const worker of pool)
    assert.ok([helper('1'), helper('2')].includes(worker), `${worker} is of the pool`);
  const { items } = await owner.tasks.list({ status: 'completed', limit: 100 });
  assert.equal(items.length, 8);
  assert.ok(
    items.every(({ attempt }) => attempt === 1),
    'each was done at the first attempt',
  );
  tell('check', 'one task for itself, one for helper 2, six for whichever helper came first');
}

async function checkCheckpoint(stage: Stage, explorer: RoleProcess): Promise<void> {
  const { version } = await explorer.fact<{ version: number }>('saved');
  const ended = once(explorer.child, 'exit');
  explorer.child.kill('SIGKILL');
  await ended;
  tell('agent', 'is killed');
  const again = stage.start({ ...EXPLORER, environment: { FLEET_RESUMES: '1' } });
  const found = await again.fact('restored');
  assert.deepEqual(found, {
    isFound: true,
    data: { step: 7 },
    version,
    keys: ['journey'],
    isFoundLater: false,
  });
  tell('check', 'the same agent in a new process went on from step 7');
}
