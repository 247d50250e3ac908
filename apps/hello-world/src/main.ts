import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  chapter,
  createWorkspace,
  type RoleProcess,
  type Speaker,
  startGateway,
  startRole,
  tell,
} from '@bonafide/app-kit';
import { type Client, connect } from '@bonafide/core';

// Having others do something is of medium risk, which a person decides unless the owner said so before.
const MAY_ASK = 'permit (principal, action, resource == Operation::"peers.execute");';

async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'bonafide-hello-'));
  try {
    await play(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function play(directory: string): Promise<void> {
  chapter('Hello, world');
  await using gateway = await startGateway({ directory });
  tell('gateway', `${gateway.url}, a process of its own`);
  const owner = connect({ url: gateway.url, token: await createWorkspace(directory, 'hello') });
  await owner.policies.put({ cedar: MAY_ASK, note: 'Agents here may ask each other' });
  const { secret } = await owner.tokens.create({ name: 'agents', role: 'enrolment' });
  const start = async (role: Speaker): Promise<RoleProcess> => {
    const HOME = await mkdtemp(join(directory, `${role}-`));
    const environment = { HOME, BONAFIDE_URL: gateway.url, BONAFIDE_ENROLMENT_TOKEN: secret };
    return startRole({ role, file: new URL(`./${role}.ts`, import.meta.url), environment });
  };

  await using greeter = await start('greeter');
  const { did } = await greeter.fact<{ did: string }>('ready');
  await using caller = await start('caller');
  const heard = await caller.fact<Record<string, unknown>>('result');
  const result = { greeting: 'Hello, world!' };
  assert.deepEqual(heard, { status: 'accepted', path: 'direct', did, result });
  tell('caller', `got: ${result.greeting}`);
  await checkEnd(caller);
  greeter.child.kill('SIGTERM');
  await checkEnd(greeter);
  await checkLog(owner);
  tell('check', 'everything above was asserted; the gateway carried no word of it');
}

/** By itself: nothing that was opened is left. */
async function checkEnd({ child }: RoleProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  assert.deepEqual([child.exitCode, child.signalCode], [0, null], 'a process ends when its agent does');
}

/** Both sides asked for permission, and said how it went. */
async function checkLog(owner: Client): Promise<void> {
  const { items } = await owner.actions.list({ limit: 100 });
  for (const action of ['peers.execute', 'peers.serve:hello.greet']) {
    const found = items.find((each) => each.action === action);
    assert.equal(found?.status, 'executed', `'${action}' is in the log, done`);
  }
}

try {
  await main();
} catch (error) {
  console.error(`\nIt did not hold: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
