import { build } from 'esbuild';
import { afterEach, describe, expect, it } from 'vitest';
import type { ScriptedServer } from '../../test-support/scripted-server.ts';
import { startAgent, VERIFY } from '../../test-support/tracked-agent.ts';
import type { Agent } from './types.ts';

let server: ScriptedServer;
let sentTo: (route: string) => Record<string, unknown>[];
afterEach(() => server[Symbol.asyncDispose]());

async function agentOf(...args: Parameters<typeof startAgent>) {
  const setup = await startAgent(...args);
  ({ server, sentTo } = setup);
  return setup;
}

/** How compilers call a standard method decorator. */
const methodContext = (name: string | symbol = 'erase', kind = 'method'): never =>
  ({ kind, name, static: false, private: false, metadata: {}, addInitializer: () => {} }) as never;

describe('a decorator', () => {
  it.each([
    [
      'a getter',
      (agent: Agent) => agent.trackAction()((() => 1) as never, methodContext('x', 'getter')),
      /a getter/,
    ],
    [
      'a field',
      (agent: Agent) => agent.trackAction()(undefined as never, methodContext('x', 'field')),
      /a field/,
    ],
    [
      'a class',
      (agent: Agent) => agent.trackAction(class {} as never, methodContext('x', 'class')),
      /a class/,
    ],
    [
      'a method compiled for legacy decorators',
      (agent: Agent) => agent.trackAction()({} as never, 'erase' as never),
      /experimentalDecorators/,
    ],
    ['a generator', (agent: Agent) => agent.trackAction({}, function* steps() {}), /generator 'steps'/],
    [
      'an asynchronous generator',
      (agent: Agent) => agent.trackAction()(async function* () {} as never, methodContext('steps')),
      /generator 'steps'/,
    ],
    [
      'a symbol without a name',
      (agent: Agent) => agent.trackAction()((() => 1) as never, methodContext(Symbol('x'))),
      /option action/,
    ],
    [
      'a function without a name',
      (agent: Agent) =>
        agent.trackAction(
          (
            () => () =>
              1
          )(),
        ),
      /option action/,
    ],
  ])('refuses %s where it stands', async (_, decorate, message) => {
    const { agent } = await agentOf();
    expect(() => decorate(agent)).toThrow(message);
  });

  it('keeps this, private and static methods when compiled, and runs each body once', async () => {
    const { agent } = await agentOf();
    const { outputFiles } = await build({
      stdin: { contents: FIXTURE, loader: 'ts' },
      target: 'es2022',
      format: 'esm',
      write: false,
    });
    const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
    const { makeRecords } = await import(`data:text/javascript;base64,${code}`);
    const { Records, runs } = makeRecords(agent);
    const records = new Records(['a', 'b']);
    expect(await records.remove('a')).toEqual({ left: ['b'] });
    expect(await records.callPrivate('b')).toEqual([]);
    expect(await Records.count(records)).toBe(0);
    expect(runs).toEqual(['remove', 'hidden', 'count']);
    expect(sentTo(VERIFY)).toEqual([
      { action: 'records.remove', parameters: { id: 'a' }, risk: 'medium' },
      { action: 'hidden', parameters: { arg0: 'b' }, risk: 'low' },
      { action: 'count', parameters: {}, risk: 'high' },
    ]);
  });
});

const FIXTURE = `
export function makeRecords(agent) {
  const runs = [];
  class Records {
    constructor(ids) { this.ids = ids; }
    @agent.trackAction({ action: 'records.remove', risk: 'medium', parameters: (id) => ({ id }) })
    async remove(id) { runs.push('remove'); this.ids = this.ids.filter((each) => each !== id); return { left: this.ids }; }
    @agent.trackAction
    async #hidden(id) { runs.push('hidden'); this.ids = this.ids.filter((each) => each !== id); return this.ids; }
    callPrivate(id) { return this.#hidden(id); }
    @agent.requireApproval({ parameters: () => ({}) })
    static async count(records) { runs.push('count'); return this === Records ? records.ids.length : -1; }
  }
  return { Records, runs };
}`;
