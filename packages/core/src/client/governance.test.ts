import { afterEach, describe, expect, it, vi } from 'vitest';
import { actionRecord, hurryTime, routes } from '../../test-support/far-gateway.ts';
import {
  type Answer,
  closedFrames,
  frames,
  hangUp,
  json,
  problem,
  type ScriptedServer,
  silence,
  startScriptedServer,
} from '../../test-support/scripted-server.ts';
import type { BonafideError } from '../errors.ts';
import { createKeyPair, digestOf, signerFromSeed } from '../identity/index.ts';
import { type ClientOptions, createClient } from './create-client.ts';
import type { LocalContext } from './local-handlers.ts';

const { actionId } = actionRecord();
const VERIFY = 'POST /v1/actions';
const WAIT = `GET /v1/actions/${actionId}/wait`;
const GET = `GET /v1/actions/${actionId}`;
const START = `POST /v1/actions/${actionId}/start`;
const COMPLETE = `POST /v1/actions/${actionId}/complete`;

const parameters = { jobId: '7', amountUsdc: '12.50', provider: `0x${'a'.repeat(40)}` };
const digest = digestOf(parameters);
const approved = actionRecord({ parametersDigest: digest });
const pending = { ...approved, status: 'pending', reason: 'a person must answer' };
const denied = { ...approved, status: 'denied', reason: 'not today' };
const written = { jobId: '7', transactionHash: `0x${'1'.repeat(64)}`, status: 'funded' };

const waiting = (...states: unknown[]) =>
  closedFrames(...states.map((state) => `data: ${JSON.stringify(state)}\n\n`), 'event: end\ndata: {}\n\n');

let server: ScriptedServer;
afterEach(() => server[Symbol.asyncDispose]());
afterEach(() => vi.restoreAllMocks());

type Fund = (context: LocalContext, input: unknown) => Promise<unknown>;

async function clientOf(
  table: Readonly<Record<string, Answer | readonly Answer[]>>,
  { fund = async () => written, ...options }: Partial<ClientOptions> & { readonly fund?: Fund } = {},
) {
  server = await startScriptedServer(
    routes({
      [START]: json({ ...approved, status: 'running' }),
      [COMPLETE]: json({ ...approved, status: 'executed' }),
      ...table,
    }),
  );
  const handlers = { 'jobs.fund': fund, 'jobs.nextActions': async () => ({ actions: [] }) };
  const warnings: BonafideError[] = [];
  const client = createClient({
    url: server.url,
    signer: signerFromSeed(createKeyPair().seed),
    retry: { baseDelayMs: 0 },
    loadLocalHandlers: async () => handlers,
    onWarning: (warning) => void warnings.push(warning),
    ...options,
  });
  return { client, warnings };
}

const sentTo = (route: string): Record<string, unknown>[] =>
  server.requests
    .filter(({ method, url }) => `${method} ${url}` === route)
    .map(({ body }) => JSON.parse(String(body)));

describe('a governed operation', () => {
  it('asks first, runs once with the grant, then reports', async () => {
    const fund = vi.fn(async () => written);
    const { client } = await clientOf({ [VERIFY]: json(approved) }, { fund });
    expect(await client.jobs.fund(parameters)).toEqual(written);
    expect(sentTo(VERIFY)).toEqual([{ action: 'jobs.fund', parameters, risk: 'high' }]);
    expect(fund).toHaveBeenCalledTimes(1);
    const grant = expect.objectContaining({ actionId, parametersDigest: digest });
    expect(fund).toHaveBeenCalledWith(expect.objectContaining({ grant }), parameters);
    expect(sentTo(COMPLETE)).toEqual([{ outcome: 'executed', parametersDigest: digest, result: written }]);
  });

  it('waits for a person', async () => {
    const onPending = vi.fn();
    const table = { [VERIFY]: json(pending), [WAIT]: waiting(pending, approved) };
    const { client } = await clientOf(table, { onPending });
    expect(await client.jobs.fund(parameters)).toEqual(written);
    expect(onPending.mock.calls).toMatchObject([[{ status: 'pending' }]]);
    expect(sentTo(START)).toEqual([{ parametersDigest: digest }]);
  });

  it('uses nothing up where nobody had to approve', async () => {
    const { client } = await clientOf({ [VERIFY]: json(approved) });
    await client.jobs.fund(parameters);
    expect(sentTo(START)).toEqual([]);
  });

  it.each([
    ['was used by another process', problem('CONFLICT', 409), 'VerificationError', 'DENIED'],
    ['expired before it was used', problem('EXPIRED', 410), 'VerificationError', 'EXPIRED'],
    ['cannot be used up, since the gateway is away', hangUp, 'ConnectionError', 'CONNECTION_FAILED'],
  ] satisfies [string, Answer, string, string][])(
    'does not run when the approval %s',
    async (_, answer, name, code) => {
      const fund = vi.fn();
      const table = { [VERIFY]: json(pending), [WAIT]: waiting(approved), [START]: answer };
      const { client } = await clientOf(table, { fund });
      hurryTime();
      await expect(client.jobs.fund(parameters)).rejects.toMatchObject({ name, code, details: { actionId } });
      expect(fund).not.toHaveBeenCalled();
    },
  );

  it('waits for a person longer than for the gateway', async () => {
    const table = { [VERIFY]: json(pending), [WAIT]: silence, [GET]: json(approved) };
    const { client } = await clientOf(table, { timeoutMs: 200, pollIntervalMs: 400 });
    expect(await client.jobs.fund(parameters)).toEqual(written);
  });

  it('finds the decision where streams do not get through', async () => {
    const { client } = await clientOf(
      { [VERIFY]: json(pending), [WAIT]: silence, [GET]: [json(pending), hangUp, json(approved)] },
      { pollIntervalMs: 1 },
    );
    expect(await client.jobs.fund(parameters)).toEqual(written);
  });

  it('keeps waiting through a gateway that restarts', async () => {
    const { client } = await clientOf({
      [VERIFY]: json(pending),
      [WAIT]: [closedFrames(`data: ${JSON.stringify(pending)}\n\n`), hangUp, waiting(approved)],
    });
    expect(await client.jobs.fund(parameters)).toEqual(written);
  });

  it.each([
    ['denied at once', { [VERIFY]: json(denied) }, 'DENIED', 'not today'],
    [
      'denied by a person',
      { [VERIFY]: json(pending), [WAIT]: waiting(pending, denied) },
      'DENIED',
      'not today',
    ],
    [
      'expired',
      { [VERIFY]: json(pending), [WAIT]: waiting({ ...pending, status: 'expired', reason: 'late' }) },
      'EXPIRED',
      'late',
    ],
    ['used before', { [VERIFY]: json({ ...approved, status: 'executed' }) }, 'DENIED', 'rule'],
  ] satisfies [string, Record<string, Answer>, string, string][])(
    'does not run when %s',
    async (_, table, code, reason) => {
      const fund = vi.fn();
      const { client } = await clientOf(table, { fund });
      await expect(client.jobs.fund(parameters)).rejects.toMatchObject({
        name: 'VerificationError',
        code,
        details: { actionId, reason },
      });
      expect(fund).not.toHaveBeenCalled();
      expect(sentTo(COMPLETE)).toEqual([]);
    },
  );

  it.each([
    ['is away', hangUp, 'CONNECTION_FAILED'],
    ['answers nonsense', json({}), 'INTERNAL'],
    ['does not know us', problem('REVOKED', 401), 'REVOKED'],
    [
      'approved other parameters',
      json({ ...approved, parametersDigest: digestOf({ ...parameters, jobId: '8' }) }),
      'DENIED',
    ],
  ] satisfies [string, Answer, string][])('does not run when the gateway %s', async (_, answer, code) => {
    const fund = vi.fn();
    const { client } = await clientOf({ [VERIFY]: answer }, { fund });
    await expect(client.jobs.fund(parameters)).rejects.toMatchObject({ code });
    expect(fund).not.toHaveBeenCalled();
  });

  it('gives up after the time the caller allows for a person', async () => {
    const fund = vi.fn();
    const { client } = await clientOf({ [VERIFY]: json(pending), [WAIT]: frames(':\n\n') }, { fund });
    await expect(client.jobs.fund(parameters, { timeoutMs: 1000 })).rejects.toMatchObject({
      name: 'VerificationError',
      code: 'EXPIRED',
      details: { actionId },
    });
    expect(fund).not.toHaveBeenCalled();
  });

  it('stops waiting when the caller aborts', async () => {
    const controller = new AbortController();
    const abort: Answer = async () => controller.abort(new Error('changed my mind'));
    const { client } = await clientOf({ [VERIFY]: json(pending), [WAIT]: abort });
    const { signal } = controller;
    await expect(client.jobs.fund(parameters, { signal })).rejects.toThrow('changed my mind');
  });

  it('reports a failure and passes it on unchanged', async () => {
    const broken = new Error('out of gas');
    const fund = vi.fn(async () => Promise.reject(broken));
    const { client, warnings } = await clientOf({ [VERIFY]: json(approved) }, { fund });
    await expect(client.jobs.fund(parameters)).rejects.toBe(broken);
    expect(fund).toHaveBeenCalledTimes(1);
    const report = { outcome: 'failed', parametersDigest: digest, error: 'Error: out of gas' };
    expect(sentTo(COMPLETE)).toEqual([report]);
    expect(warnings).toEqual([]);
  });

  it('returns what was done even when it cannot be reported, and warns', async () => {
    const table = { [VERIFY]: json(approved), [COMPLETE]: problem('CONFLICT', 409) };
    const { client, warnings } = await clientOf(table);
    expect(await client.jobs.fund(parameters)).toEqual(written);
    expect(warnings).toMatchObject([{ details: { actionId }, cause: { code: 'CONFLICT' } }]);
  });

  it('asks anew under the same idempotency key, so no answer is used twice', async () => {
    const { client } = await clientOf({ [VERIFY]: json(approved) });
    await client.jobs.fund(parameters, { idempotencyKey: 'mine' });
    await client.jobs.fund(parameters, { idempotencyKey: 'mine' });
    await client.verifyAction({ action: 'files.delete' }, { idempotencyKey: 'mine' });
    const asked = server.requests.filter(({ url }) => url === '/v1/actions');
    const keys = asked.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(3);
    expect(keys).not.toContain('mine');
  });

  it('refuses bad input before it asks', async () => {
    const { client } = await clientOf({});
    await expect(client.jobs.fund({ ...parameters, jobId: '0x7' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    expect(server.requests).toHaveLength(0);
  });

  it('does not ask for what only reads', async () => {
    const { client } = await clientOf({});
    expect(await client.jobs.nextActions({ jobId: '7' })).toEqual({ actions: [] });
    expect(server.requests).toHaveLength(0);
  });
});

describe('verifyAction', () => {
  it.each([
    ['approved', true],
    ['pending', false],
    ['denied', false],
    ['expired', false],
    ['executed', false],
  ])('%s: %s', async (status, verdict) => {
    const { client } = await clientOf({ [VERIFY]: json({ ...approved, status }) });
    expect(await client.verifyAction({ action: 'files.delete' })).toBe(verdict);
  });

  it('rejects when nobody can say', async () => {
    const { client } = await clientOf({ [VERIFY]: hangUp });
    await expect(client.verifyAction({ action: 'files.delete' })).rejects.toMatchObject({
      name: 'ConnectionError',
    });
  });
});

describe('redeem', () => {
  it('uses up what was approved meanwhile', async () => {
    const { client } = await clientOf({ [GET]: json(approved) });
    const grant = await client.redeem({ actionId, parameters });
    await grant.complete({});
    expect(sentTo(START)).toEqual([{ parametersDigest: digest }]);
    expect(sentTo(COMPLETE)).toEqual([{ outcome: 'executed', parametersDigest: digest }]);
  });

  it.each(['pending', 'denied', 'expired', 'running', 'executed', 'failed'])(
    'refuses what is %s',
    async (status) => {
      const { client } = await clientOf({ [GET]: json({ ...approved, status }) });
      await expect(client.redeem({ actionId, parameters })).rejects.toMatchObject({
        name: 'VerificationError',
        message: expect.stringContaining(status),
      });
      expect(sentTo(START)).toEqual([]);
    },
  );

  it('refuses other parameters and leaves the approval unused', async () => {
    const { client } = await clientOf({ [GET]: json(approved) });
    const other = { ...parameters, amountUsdc: '12.51' };
    await expect(client.redeem({ actionId, parameters: other })).rejects.toMatchObject({ code: 'DENIED' });
    expect(sentTo(START)).toEqual([]);
  });
});

describe('authorize', () => {
  it.each([
    ['nothing', undefined, {}],
    ['a value', { rows: 3 }, { result: { rows: 3 } }],
    ['what JSON cannot carry', 10n, { result: '10' }],
    [
      'a long document',
      'x'.repeat(20_000),
      { result: { digest: digestOf('x'.repeat(20_000)), length: 20_002 } },
    ],
  ])('reports %s', async (_, result, sent) => {
    const { client } = await clientOf({ [VERIFY]: json(approved) });
    const grant = await client.authorize({ action: 'files.delete', parameters });
    await grant.complete({ result });
    expect(sentTo(COMPLETE)).toEqual([{ outcome: 'executed', parametersDigest: digest, ...sent }]);
  });

  it('offers the report again, under one key, while the gateway is away for longer than a call is retried', async () => {
    const away = problem('UNAVAILABLE', 503);
    const table = {
      [VERIFY]: json(approved),
      [COMPLETE]: [away, away, json({ ...approved, status: 'executed' })],
    };
    const { client } = await clientOf(table, { retry: { limit: 0 } });
    const grant = await client.authorize({ action: 'files.delete', parameters });
    expect(await grant.complete({ result: 1 })).toMatchObject({ status: 'executed' });
    const reports = server.requests.filter(({ url }) => url.endsWith('/complete'));
    expect(reports).toHaveLength(3);
    expect(new Set(reports.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('lets the caller know when the outcome was refused', async () => {
    const table = { [VERIFY]: json(approved), [COMPLETE]: problem('CONFLICT', 409) };
    const { client } = await clientOf(table);
    const grant = await client.authorize({ action: 'files.delete', parameters });
    await expect(grant.complete({ error: new Error('x') })).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
