import { afterEach, describe, expect, it } from 'vitest';
import { createFairQueue } from './queue.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts';

const SLOW = { timeout: 60_000 };
const clean = '@id("a") forbid (principal, action, resource) when { context.risk == "high" };';
/** As many policies as are read at all. */
const long = Array.from({ length: 500 }, (_, n) => clean.replace('"a"', `"p${n}"`)).join('\n');
const deep = `@id("a") forbid (principal, action, resource) when { ${'('.repeat(5000)}true${')'.repeat(5000)} };`;

let replaced: { reason: Error; workspace: string | undefined }[] = [];
let sandbox: Sandbox | undefined;
function open(options: Partial<SandboxOptions> = {}): Sandbox {
  replaced = [];
  sandbox = createSandbox({
    operatorPolicy: '',
    timeLimitMs: 60_000,
    onReplace: (reason, workspace) => replaced.push({ reason, workspace }),
    ...options,
  });
  return sandbox;
}
afterEach(() => sandbox?.[Symbol.asyncDispose]());

const lint = (cedar: string, workspace = 'a') => sandbox?.run(workspace, { kind: 'lint', input: { cedar } });
// The bounds keep such a text from lint; whoever is past them meets the engine itself.
const trap = (workspace = 'a') =>
  sandbox?.run(workspace, { kind: 'rehearse', input: { cedar: deep, situations: [] } });

describe('a text of a stranger', SLOW, () => {
  it('that ends the engine fails alone: the next is read by a new one', async () => {
    open();
    const [first, ended, after] = await Promise.allSettled([lint(clean), trap('b'), lint(clean)]);
    expect(first).toEqual({ status: 'fulfilled', value: [] });
    expect(ended).toMatchObject({ status: 'rejected', reason: { code: 'VALIDATION_FAILED' } });
    expect(after).toEqual({ status: 'fulfilled', value: [] });
    expect(replaced).toMatchObject([{ workspace: 'b', reason: { code: 'VALIDATION_FAILED' } }]);
  });

  it('that takes too long is stopped, and those who wait get a new thread', async () => {
    open({ timeLimitMs: 1 });
    await expect(lint(long)).rejects.toMatchObject({ code: 'TIMEOUT' });
    await expect(lint(long, 'b')).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(replaced.map(({ workspace }) => workspace)).toEqual(['a', 'b']);
  });

  it('waits with a limit for each workspace, and takes turns with others', async () => {
    open({ queueLimit: 3 });
    const done: string[] = [];
    const of = (workspace: string) => lint(clean, workspace)?.then(() => done.push(workspace));
    // One is taken up at once, three wait.
    const greedy = Array.from({ length: 10 }, () => of('greedy'));
    const other = of('other');
    const results = await Promise.allSettled([...greedy, other]);
    const refused = results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(refused).toHaveLength(6);
    for (const reason of refused) expect(reason).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 1000 });
    expect(done).toEqual(['greedy', 'greedy', 'other', 'greedy', 'greedy']);
  });

  it('is answered with UNAVAILABLE when the gateway stops while it is read or waits', async () => {
    const busy = open();
    const first = lint(clean);
    const waiting = Promise.allSettled([lint(long), lint(long), trap(), trap('b')]);
    await first;
    await busy[Symbol.asyncDispose]();
    const results = [...(await waiting), ...(await Promise.allSettled([lint(clean)]))];
    expect(results).toHaveLength(5);
    for (const each of results) expect(each).toMatchObject({ reason: { code: 'UNAVAILABLE' } });
    expect(replaced).toEqual([]);
  });
});

it('a thread that does not even start fails what waits for it, one by one', SLOW, async () => {
  open({ operatorPolicy: 'permit (' });
  const results = await Promise.allSettled([lint(clean), lint(clean)]);
  for (const each of results) expect(each).toMatchObject({ reason: { code: 'UNAVAILABLE' } });
  expect(replaced).toHaveLength(2);
});

it('the queue takes from one workspace after the other', () => {
  const queue = createFairQueue<number>(2);
  expect([queue.add('a', 1), queue.add('a', 2), queue.add('a', 3), queue.add('b', 4)]).toEqual([
    ...[true, true, false, true],
  ]);
  expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual([1, 4, 2, undefined]);
});
