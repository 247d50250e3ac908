import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RoleProcess, tell } from '@bonafide/app-kit';
import type { Task, TaskEvent } from '@bonafide/core/models';
import type { Stage } from '../fleet.ts';
import { ORCHESTRATOR } from './orchestrator.ts';

const WORKERS = 10;
const VICTIMS = 2;
const TASKS = 200;
const NUMBERS_PER_TASK = 100;
const PRIMES_BELOW_20000 = 2_262;

/** What a worker writes beside what it reports: began and ended, by itself, in a file. */
export interface JournalLine {
  readonly change: 'began' | 'ended';
  readonly taskId: string;
  readonly attempt: number;
  readonly worker: string;
  readonly pid: number;
  readonly primes?: number;
}

/** A pool that grows because work arrives, loses two workers in mid-work, and finishes all of it, each task once. */
export async function pool(stage: Stage): Promise<void> {
  const { owner } = stage;
  const journal = join(stage.directory, 'journal.jsonl');
  writeFileSync(journal, '');
  await owner.implementations.put({
    ...{ implementation: 'cruncher', profile: 'process', taskTypes: ['crunch'], maxInstances: WORKERS },
  });
  const launcher = await stage.startPermitted({ ...ORCHESTRATOR, environment: { FLEET_JOURNAL: journal } });
  await launcher.fact('ready');
  const watching = new AbortController();
  const history = followTasks(stage, watching.signal);
  await createTasks(stage);

  const crew = await untilAtWork(launcher, WORKERS);
  await checkLaunches(stage, WORKERS);
  tell('check', `${TASKS} tasks made ${WORKERS} workers start, and no more; each holds one`);
  const victims = crew.slice(0, VICTIMS);
  for (const { pid } of victims) process.kill(pid, 'SIGKILL');
  tell('human', `kills ${victims.map(({ pid }) => pid).join(' and ')} in mid-work`);
  const replacements = await untilAtWork(launcher, VICTIMS);
  await checkLaunches(stage, WORKERS + VICTIMS);
  tell('check', `${replacements.length} others were started in their place`);

  await owner.kv.put({ key: 'gate', value: 'open' });
  const events = await history;
  watching.abort();
  await checkTasks(stage, events);
  checkJournal(readJournal(journal), victims);
  await checkLaunches(stage, WORKERS + VICTIMS);
}

async function createTasks({ owner }: Stage): Promise<void> {
  for (let part = 0; part < TASKS; part += 1) {
    const from = part * NUMBERS_PER_TASK;
    await owner.tasks.create({
      ...{ taskType: 'crunch', implementation: 'cruncher', payload: { from, to: from + NUMBERS_PER_TASK } },
      retry: { initialBackoffMs: 0 },
    });
  }
}

/** So many workers that have just begun their first task; none goes on before the gate is open. */
async function untilAtWork(launcher: RoleProcess, count: number): Promise<readonly JournalLine[]> {
  return Promise.all(Array.from({ length: count }, () => launcher.fact<JournalLine>('at work')));
}

/** Everything that happened to tasks until the last is done. */
async function followTasks({ owner }: Stage, signal: AbortSignal): Promise<readonly TaskEvent[]> {
  const events: TaskEvent[] = [];
  let done = 0;
  for await (const event of owner.tasks.watch({}, { signal })) {
    events.push(event);
    if (event.change === 'completed') done += 1;
    if (event.change === 'completed' && done % 50 === 0) tell('gateway', `${done} tasks are done`);
    if (done === TASKS) break;
  }
  return events;
}

async function checkTasks({ owner }: Stage, events: readonly TaskEvent[]): Promise<void> {
  const tasks: Task[] = [];
  let cursor: string | undefined;
  do {
    const page = await owner.tasks.list({ taskType: 'crunch', limit: 100, cursor });
    tasks.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  assert.equal(tasks.length, TASKS);
  assert.ok(
    tasks.every(({ status }) => status === 'completed'),
    'every task is completed',
  );
  const completed = events.filter(({ change }) => change === 'completed');
  const primes = completed.reduce((sum, { task }) => sum + (task.result as { primes: number }).primes, 0);
  assert.equal(primes, PRIMES_BELOW_20000, 'the results add up');
  const stories = Map.groupBy(events, ({ task }) => task.taskId);
  assert.equal(stories.size, TASKS);
  for (const story of stories.values()) checkStory(story);
  tell(
    'check',
    `all ${TASKS} completed, each once, none under two leases; together they found ${primes} primes`,
  );
}

/** A lease begins only where none is, and only its holder ends the task. */
function checkStory(story: readonly TaskEvent[]): void {
  let holder: string | undefined;
  let attempt = 0;
  for (const { change, task } of story) {
    // A change that falls between the list of what there is and what follows is told twice.
    const isRepeated = change === 'claimed' && task.attempt === attempt && task.assignedTo === holder;
    if (change === 'claimed' && !isRepeated) {
      assert.equal(holder, undefined, `task ${task.taskId} was claimed while ${holder} held it`);
      assert.ok(task.attempt > attempt, 'attempts are counted');
      holder = task.assignedTo;
      attempt = task.attempt;
    }
    if (change === 'completed') assert.equal(task.attempt, attempt, 'only the current lease completes');
    if (change === 'completed' || change === 'requeued') holder = undefined;
  }
  assert.equal(story.filter(({ change }) => change === 'completed').length, 1);
}

function readJournal(file: string): readonly JournalLine[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** What the workers themselves wrote down says the same. */
function checkJournal(lines: readonly JournalLine[], victims: readonly JournalLine[]): void {
  const stories = Map.groupBy(lines, ({ taskId }) => taskId);
  assert.equal(stories.size, TASKS);
  const abandoned = new Set(victims.map(({ taskId }) => taskId));
  for (const [taskId, story] of stories) {
    const told = story.map(({ change }) => change);
    assert.deepEqual(told, abandoned.has(taskId) ? ['began', 'began', 'ended'] : ['began', 'ended']);
  }
  const workers = new Set(lines.map(({ worker }) => worker));
  assert.equal(workers.size, WORKERS + VICTIMS);
  tell(
    'check',
    `${workers.size} workers wrote down ${lines.length} lines; the two tasks of the killed began twice`,
  );
}

/** Every start that was asked for has worked, and there were no more than that. */
async function checkLaunches({ owner }: Stage, expected: number): Promise<void> {
  const { items } = await owner.launches.list({ limit: 100 });
  assert.deepEqual(
    items.map(({ status }) => status),
    Array.from({ length: expected }, () => 'started'),
  );
}
