import assert from 'node:assert/strict';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { approveByHand, chapter, type RoleProcess, table, tell } from '@bonafide/app-kit';
import { checkEvidence } from './check-evidence.ts';
import { type Desk, openDesk } from './desk.ts';
import { type Options, readOptions } from './options.ts';
import { type Customer, openRecords, seedRecords } from './records.ts';
import { startRole } from './start-role.ts';

/** A scripted person is quick; one at the keyboard gets time to think. */
const ANSWER_WITHIN_MS = { scripted: 6000, interactive: 120_000 };

/** What the agent was told about each of its actions. */
type Outcomes = Readonly<Record<string, unknown>>;

async function main({ isInteractive, outputDirectory }: Options): Promise<void> {
  chapter('A desk');
  await using desk = await openDesk({
    approvalTtlMs: isInteractive ? ANSWER_WITHIN_MS.interactive : ANSWER_WITHIN_MS.scripted,
  });
  const file = join(desk.directory, 'records.db');
  const before = seedRecords(file);
  tell('gateway', `${desk.gateway.url}, one workspace: an owner, an approver, an auditor`);
  tell('agent', `has a database of ${before.length} customers`);

  chapter('Four kinds of actions');
  await using _human = await startHuman(desk, isInteractive);
  await using agent = startRole('agent', { ...desk.agentEnvironment, RECORDS_FILE: file });
  await allowEmailChanges(desk, agent);
  const outcomes = await outcomesOf(agent);
  checkOutcomes(outcomes, isInteractive);
  checkRecords(before, { after: readAll(file), outcomes });

  chapter('What an auditor can prove');
  const directory = outputDirectory ?? (await mkdtemp(join(tmpdir(), 'bonafide-evidence-')));
  await mkdir(directory, { recursive: true });
  await checkEvidence(desk, { directory, wasTampered: outcomes.tampered === 'CONFLICT' });
  tell('check', 'everything above was asserted; nothing ran that a person had not seen');
}

async function startHuman(desk: Desk, isInteractive: boolean): Promise<AsyncDisposable> {
  const { url } = desk.gateway;
  if (isInteractive) return approveByHand(url, desk.approverToken);
  const human = startRole('human', { BONAFIDE_URL: url, BONAFIDE_TOKEN: desk.approverToken });
  await human.fact('ready');
  return human;
}

/** Permission is earned: the owner lets this agent change addresses on its own, and nothing else. */
async function allowEmailChanges({ owner }: Desk, agent: RoleProcess): Promise<void> {
  const { agentId } = await agent.fact<{ agentId: string }>('registered');
  const capability = 'records.update_*';
  await owner.capabilities.grant({ agentId, capability, reason: 'Routine work of this agent' });
  tell('gateway', `the owner granted '${capability}'`);
  agent.send('go');
}

async function outcomesOf(agent: RoleProcess): Promise<Outcomes> {
  const names = ['read', 'update', 'delete 7', 'delete 3', 'delete all', 'tampered', 'used twice'];
  const finished = Promise.all(names.map(async (name) => [name, await agent.fact(name)]));
  return Object.fromEntries(await finished);
}

function checkOutcomes(outcomes: Outcomes, isInteractive: boolean): void {
  assert.equal(outcomes.read, 'done', 'low risk runs on its own');
  assert.equal(outcomes.update, 'done', 'medium risk runs on its own with a capability');
  if (isInteractive && outcomes.tampered === 'not approved') return;
  assert.equal(outcomes.tampered, 'CONFLICT', 'an approval is good for exactly what was approved');
  assert.equal(outcomes['used twice'], 'CONFLICT', 'an approval is good once');
  if (isInteractive) return;
  assert.equal(outcomes['delete 7'], 'done', 'high risk runs when a person approves');
  const invoice = 'Customer 3 has an open invoice.';
  assert.deepEqual(outcomes['delete 3'], { code: 'DENIED', reason: invoice }, 'and not when one denies');
  assert.equal((outcomes['delete all'] as { code: string }).code, 'EXPIRED', 'nor when nobody answers');
}

function checkRecords(
  before: readonly Customer[],
  { after, outcomes }: { readonly after: readonly Customer[]; readonly outcomes: Outcomes },
): void {
  const removed = [
    ...(outcomes['delete 7'] === 'done' ? [7] : []),
    ...(outcomes['delete 3'] === 'done' ? [3] : []),
    ...(outcomes.tampered === 'CONFLICT' ? [9] : []),
  ];
  const changed = before.map((each) => (each.id === 4 ? { ...each, email: 'barbara@liskov.example' } : each));
  const expected = outcomes['delete all'] === 'done' ? [] : changed.filter(({ id }) => !removed.includes(id));
  assert.deepEqual(after, expected, 'the database holds what was approved, and nothing else happened to it');
  table([['id', 'name', 'email'], ...after.map(({ id, name, email }) => [String(id), name, email])]);
  tell('check', `${before.length - after.length} of ${before.length} customers removed, as approved`);
}

function readAll(file: string): readonly Customer[] {
  using records = openRecords(file);
  return records.list();
}

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(`\nIt did not hold: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
