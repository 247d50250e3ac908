import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { actionRecord, hurryTime } from '../../test-support/far-gateway.ts';
import {
  type Answer,
  closedFrames,
  hangUp,
  json,
  problem,
  type ScriptedServer,
  silence,
} from '../../test-support/scripted-server.ts';
import {
  actionId,
  COMPLETE,
  decide,
  LOG,
  START,
  startAgent,
  VERIFY,
  WAIT,
} from '../../test-support/tracked-agent.ts';
import { digestOf } from '../identity/index.ts';

const broken = new Error('no disk');

let server: ScriptedServer;
let sentTo: (route: string) => Record<string, unknown>[];
afterEach(() => vi.restoreAllMocks());
afterEach(() => server[Symbol.asyncDispose]());

async function agentOf(...args: Parameters<typeof startAgent>) {
  const setup = await startAgent(...args);
  ({ server, sentTo } = setup);
  return setup;
}

describe('a wrapped function', () => {
  it('asks, runs once with its arguments, logs the result and returns it', async () => {
    const { agent } = await agentOf();
    const body = vi.fn(async function getWeather(city: string) {
      return { city, celsius: 20 };
    });
    const getWeather = agent.trackAction({ action: 'weather.get', risk: 'low' }, body);
    expect(await getWeather('Zurich')).toEqual({ city: 'Zurich', celsius: 20 });
    expect(body).toHaveBeenCalledExactlyOnceWith('Zurich');
    expect(sentTo(VERIFY)).toEqual([{ action: 'weather.get', parameters: { arg0: 'Zurich' }, risk: 'low' }]);
    expect(sentTo(COMPLETE)).toMatchObject([
      { outcome: 'executed', result: { city: 'Zurich', celsius: 20 } },
    ]);
    expect(sentTo(START)).toEqual([]);
  });

  it('is asynchronous also when the function was not, keeps its name and has low risk by default', async () => {
    const { agent } = await agentOf();
    const add = agent.trackAction(function add(a: number, b: number) {
      return a + b;
    });
    expectTypeOf(add).returns.toEqualTypeOf<Promise<number>>();
    expect(add.name).toBe('add');
    expect(await add(1, 2)).toBe(3);
    expect(sentTo(VERIFY)).toEqual([{ action: 'add', parameters: { arg0: 1, arg1: 2 }, risk: 'low' }]);
  });

  it('asks with what the mapper makes of the arguments', async () => {
    const { agent } = await agentOf();
    const at = new Date(0);
    const run = agent.trackAction(
      { action: 'delete', parameters: (id, when) => ({ userId: id, when: when.toISOString() }) },
      (id: number, when: Date) => `${id}${when.getTime()}`,
    );
    expect(await run(7, at)).toBe('70');
    expect(sentTo(VERIFY)[0]).toMatchObject({
      parameters: { userId: 7, when: '1970-01-01T00:00:00.000Z' },
    });
  });

  it('infers arguments that may be absent, also for the mapper', async () => {
    const { agent } = await agentOf();
    const repeat = agent.trackAction(
      { action: 'repeat', parameters: (text, times) => ({ text, times: times ?? 1 }) },
      (text: string, times?: number) => text.repeat(times ?? 1),
    );
    expect((await repeat('a')).length + (await repeat('a', 2)).length).toBe(3);
    expect(sentTo(VERIFY).map(({ parameters }) => parameters)).toEqual([
      { text: 'a', times: 1 },
      { text: 'a', times: 2 },
    ]);
    // @ts-expect-error: the mapper must take what the function takes
    const odd = agent.trackAction({ action: 'x', parameters: (id: string) => ({ id }) }, (id: number) => id);
    expect(odd).toBeTypeOf('function');
  });

  it.each([
    ['a bigint', [10n], 'arg0: is a bigint'],
    ['a date', [{ at: new Date(0) }], 'arg0.at: is a Date'],
    ['a function', [() => 1], 'arg0: is a function'],
    ['no number', [[1, Number.NaN]], 'arg0.1: is not a finite number'],
    ['a map', [new Map()], 'arg0: is a Map'],
    ['an absent element', [[undefined]], 'arg0.0: is a undefined'],
  ])('with %s as argument neither asks nor runs', async (_, args, message) => {
    const { agent } = await agentOf();
    const body = vi.fn((..._args: unknown[]) => 1);
    const run = agent.trackAction({ action: 'x' }, body);
    await expect(run(...args)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message),
    });
    expect(body).not.toHaveBeenCalled();
    expect(sentTo(VERIFY)).toEqual([]);
  });

  it('names every argument that is not JSON, a cycle too, and ignores absent ones', async () => {
    const { agent } = await agentOf();
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    const run = agent.trackAction({ action: 'x' }, (..._args: unknown[]) => 1);
    await expect(run(cyclic, 1n)).rejects.toMatchObject({
      issues: [{ path: 'arg0.self' }, { path: 'arg1' }],
    });
    const shared = { a: 1 };
    expect(await run(undefined, { gone: undefined, one: shared, two: shared })).toBe(1);
    expect(sentTo(VERIFY)[0]?.parameters).toEqual({ arg1: { one: shared, two: shared } });
  });

  it('does not run when denied, and says why', async () => {
    const { agent } = await agentOf({ [VERIFY]: decide('denied') });
    const body = vi.fn(() => 1);
    await expect(agent.trackAction({ action: 'x' }, body)()).rejects.toMatchObject({
      name: 'VerificationError',
      message: "'x' was denied: rule",
    });
    expect(body).not.toHaveBeenCalled();
  });

  it.each([
    ['throws', () => Promise.resolve().then(() => Promise.reject(broken))],
    [
      'throws before its first promise',
      () => {
        throw broken;
      },
    ],
  ])('that %s is logged as failed, and its own error comes out', async (_, body) => {
    const { agent } = await agentOf();
    await expect(agent.trackAction({ action: 'x' }, body)()).rejects.toBe(broken);
    expect(sentTo(COMPLETE)).toMatchObject([{ outcome: 'failed', error: 'Error: no disk' }]);
  });

  it.each([
    ['too large', 'x'.repeat(20_000)],
    ['not JSON', 10n],
  ])('with a result that is %s succeeds all the same', async (_, result) => {
    const { agent, warnings } = await agentOf();
    expect(await agent.trackAction({ action: 'x' }, () => result)()).toBe(result);
    expect(sentTo(COMPLETE)).toMatchObject([{ outcome: 'executed' }]);
    expect(warnings).toEqual([]);
  });

  it('hides what is redacted, in parameters and results, but runs with all of it', async () => {
    const { agent } = await agentOf();
    const login = agent.trackAction(
      {
        action: 'login',
        redact: ['password', 'token'],
        parameters: (user, password) => ({ user, password }),
      },
      (user: string, password: string) => ({ user, deep: [{ token: password.toUpperCase() }] }),
    );
    expect(await login('ann', 'hunter2')).toEqual({ user: 'ann', deep: [{ token: 'HUNTER2' }] });
    const sent = JSON.stringify(server.requests.map(({ body }) => String(body)));
    expect(sent).not.toMatch(/hunter2/i);
    expect(sentTo(VERIFY)[0]?.parameters).toEqual({ user: 'ann', password: '[redacted]' });
  });

  it.each(['pending', 'approved'])(
    'does not run arguments that changed after they were %s',
    async (status) => {
      const cart = { items: ['pen'], secret: 'a' };
      const swap: Answer = (request) => {
        cart.secret = 'b';
        return decide('approved')(request);
      };
      const waited: Answer = (request) => {
        cart.secret = 'b';
        const parametersDigest = digestOf({ arg0: { items: ['pen'], secret: '[redacted]' } });
        const approved = actionRecord({ status: 'approved', parametersDigest });
        return closedFrames(`data: ${JSON.stringify(approved)}\n\n`)(request);
      };
      const { agent } = await agentOf({
        [VERIFY]: status === 'pending' ? decide('pending') : swap,
        [WAIT]: waited,
      });
      const body = vi.fn((_cart: object) => 1);
      const buy = agent.trackAction({ action: 'buy', redact: ['secret'] }, body);
      await expect(buy(cart)).rejects.toMatchObject({
        name: 'VerificationError',
        details: { reason: expect.stringContaining('changed') },
      });
      expect(body).not.toHaveBeenCalled();
      expect(sentTo(COMPLETE)).toMatchObject([{ outcome: 'failed' }]);
    },
  );

  it('stops waiting when its signal is aborted', async () => {
    const controller = new AbortController();
    const abort: Answer = async () => controller.abort(new Error('enough'));
    const { agent } = await agentOf({ [VERIFY]: decide('pending'), [WAIT]: abort });
    const body = vi.fn(() => 1);
    await expect(agent.requireApproval({ action: 'x', signal: controller.signal }, body)()).rejects.toThrow(
      'enough',
    );
    expect(body).not.toHaveBeenCalled();
  });

  it('gives up when nobody answers in time', async () => {
    const { agent } = await agentOf({ [VERIFY]: decide('pending'), [WAIT]: silence });
    await expect(agent.requireApproval({ action: 'x', timeoutMs: 300 }, () => 1)()).rejects.toMatchObject({
      code: 'EXPIRED',
      details: { actionId },
    });
  });
});

describe('without a gateway', () => {
  it('nothing runs', async () => {
    const { agent } = await agentOf({ [VERIFY]: hangUp });
    const body = vi.fn(() => 1);
    await expect(agent.trackAction({ action: 'x' }, body)()).rejects.toMatchObject({
      name: 'ConnectionError',
    });
    expect(body).not.toHaveBeenCalled();
  });

  it('runs where that was chosen for low risk, warns, and logs it when the gateway is back', async () => {
    const { agent, warnings } = await agentOf({
      [VERIFY]: hangUp,
      [LOG]: [hangUp, json(actionRecord({ status: 'executed' }))],
    });
    const run = agent.trackAction({ action: 'x', onUnavailable: 'run' }, () => 5);
    expect(await run()).toBe(5);
    expect(warnings).toMatchObject([{ code: 'UNAVAILABLE', cause: { code: 'CONNECTION_FAILED' } }]);
    await vi.waitFor(() => expect(sentTo(LOG)).toHaveLength(2), { timeout: 10_000 });
    expect(sentTo(LOG)[1]).toEqual({
      action: 'x',
      parameters: {},
      risk: 'low',
      outcome: 'executed',
      result: 5,
    });
  });

  it.each([
    ['denied', { [VERIFY]: decide('denied') }, 'DENIED'],
    ['not known', { [VERIFY]: problem('REVOKED', 401) }, 'REVOKED'],
    [
      'asked about and the answer cannot be used up',
      {
        [VERIFY]: decide('pending'),
        [WAIT]: closedFrames(`data: ${JSON.stringify(actionRecord({ parametersDigest: digestOf({}) }))}\n\n`),
        [START]: hangUp,
      },
      'CONNECTION_FAILED',
    ],
  ] satisfies [string, Record<string, Answer>, string][])(
    'that choice does not run what is %s',
    async (_, table, code) => {
      const { agent } = await agentOf(table);
      const body = vi.fn(() => 5);
      const run = agent.trackAction({ action: 'x', onUnavailable: 'run' }, body);
      hurryTime();
      await expect(run()).rejects.toMatchObject({ code });
      expect(body).not.toHaveBeenCalled();
    },
  );

  it('that choice is refused from medium risk on, by the compiler and when it is made', async () => {
    const { agent } = await agentOf();
    // @ts-expect-error: low risk only
    expect(() => agent.trackAction({ action: 'x', risk: 'medium', onUnavailable: 'run' }, () => 1)).toThrow(
      /low risk/,
    );
  });
});

describe('without autoVerify', () => {
  it('asks nobody, runs, and logs', async () => {
    const { agent } = await agentOf({}, { autoVerify: false });
    expect(await agent.trackAction({ action: 'x', redact: ['arg0'] }, (n: number) => n * 2)(4)).toBe(8);
    const fails = agent.trackAction({ action: 'y' }, () => Promise.reject(broken));
    await expect(fails()).rejects.toBe(broken);
    expect(sentTo(VERIFY)).toEqual([]);
    expect(sentTo(LOG)).toEqual([
      { action: 'x', parameters: { arg0: '[redacted]' }, risk: 'low', outcome: 'executed', result: 8 },
      { action: 'y', parameters: {}, risk: 'low', outcome: 'failed', error: 'Error: no disk' },
    ]);
  });

  it('refuses high and critical risk', async () => {
    const { agent } = await agentOf({}, { autoVerify: false });
    expect(() => agent.trackAction({ action: 'x', risk: 'high' }, () => 1)).toThrow(/unverified/);
    expect(() => agent.requireApproval({ action: 'x' }, () => 1)).toThrow(/unverified/);
  });
});

describe('requireApproval', () => {
  it('asks at high risk and waits for a person', async () => {
    const approved = actionRecord({ parametersDigest: digestOf({ arg0: 1 }) });
    const { agent } = await agentOf({
      [VERIFY]: decide('pending'),
      [WAIT]: closedFrames(`data: ${JSON.stringify(approved)}\n\n`),
    });
    expect(await agent.requireApproval({ action: 'erase' }, (id: number) => id)(1)).toBe(1);
    expect(sentTo(VERIFY)).toMatchObject([{ risk: 'high' }]);
    expect(sentTo(START)).toHaveLength(1);
  });

  it('takes no lower risk', async () => {
    const { agent } = await agentOf();
    // @ts-expect-error: high or critical
    expect(() => agent.requireApproval({ action: 'x', risk: 'low' }, () => 1)).toThrow(/high, critical/);
  });
});
