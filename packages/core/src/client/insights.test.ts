import { afterEach, describe, expect, expectTypeOf, it } from 'vitest';
import { actionRecord, agentRecord, routes } from '../../test-support/far-gateway.ts';
import {
  type Answer,
  json,
  type ScriptedServer,
  startScriptedServer,
} from '../../test-support/scripted-server.ts';
import { createKeyPair, fromDid, signerFromSeed, toBase64Url } from '../identity/index.ts';
import { trustWeights } from '../models/trust.ts';
import { secure } from './secure.ts';
import type { Agent } from './types.ts';

let server: ScriptedServer;
afterEach(() => server[Symbol.asyncDispose]());

const signer = signerFromSeed(createKeyPair().seed);

async function agentOf(table: Readonly<Record<string, Answer | readonly Answer[]>>): Promise<Agent> {
  server = await startScriptedServer(routes({ 'POST /v1/agents': json(agentRecord(signer.did)), ...table }));
  return secure('weather-agent', { url: server.url, signer });
}

const queries = (): Record<string, string>[] =>
  server.requests.slice(1).map(({ url }) => Object.fromEntries(new URL(url, 'http://gateway').searchParams));

const factor = (value: number, weight: number) => ({
  value,
  weight,
  numerator: 1,
  denominator: 1,
  hasEnoughData: true,
  explanation: '',
});
const factors = Object.fromEntries(
  Object.entries(trustWeights).map(([name, weight]) => [name, factor(0.9, weight)]),
);
const score = {
  agentId: agentRecord('').agentId,
  score: 0.9,
  isProvisional: false,
  computedAt: '2026-01-01T00:00:00Z',
};

const entry = (sequence: number, event = 'action.executed', data: object = { action: 'weather.get' }) => ({
  sequence,
  workspace: 'default',
  at: '2026-01-01T00:00:00Z',
  actor: 'agent:1',
  event,
  subject: 'x',
  dataDigest: '',
  data,
});

describe('the agent', () => {
  it('has the properties of the guide', async () => {
    const agent = await agentOf({});
    expect(agent).toMatchObject({
      publicKey: toBase64Url(fromDid(signer.did)),
      createdAt: '2026-01-01T00:00:00Z',
      isVerified: true,
      trustScore: undefined,
    });
  });
});

describe('getTrustScore', () => {
  it('is a number, remembered as trustScore', async () => {
    const agent = await agentOf({ 'GET /v1/trust': json(score) });
    expectTypeOf(agent.getTrustScore()).resolves.toEqualTypeOf<number>();
    expect(await agent.getTrustScore()).toBe(0.9);
    expect(agent.trustScore).toBe(0.9);
  });

  it('has its factors on request', async () => {
    const agent = await agentOf({ 'GET /v1/trust': json({ ...score, factors }) });
    const breakdown = await agent.getTrustScore({ detailed: true });
    expect(breakdown).toMatchObject({ overall: 0.9, factors: { uptime: 0.9, userFeedback: 0.9 } });
    expect(Object.keys(breakdown.factors)).toHaveLength(8);
  });
});

describe('logAction', () => {
  it.each([
    ['a result', { result: { rows: 1 } }, { outcome: 'executed', result: { rows: 1 } }],
    ['a failure', { success: false, error: 'no disk' }, { outcome: 'failed', error: 'no disk' }],
    ['an error', { error: new Error('no disk') }, { outcome: 'failed', error: 'Error: no disk' }],
    ['a failure without a reason', { success: false }, { outcome: 'failed', error: 'No reason was given.' }],
  ])('writes %s', async (_, logged, sent) => {
    const agent = await agentOf({ 'POST /v1/actions/log': json(actionRecord({ status: 'executed' })) });
    await agent.logAction({ action: 'fetch', parameters: { city: 'x' }, ...logged });
    expect(JSON.parse(String(server.requests[1]?.body))).toEqual({
      action: 'fetch',
      parameters: { city: 'x' },
      ...sent,
    });
  });
});

describe('getAuditLogs', () => {
  const page = (from: number, count: number, nextCursor?: string) =>
    json({ items: Array.from({ length: count }, (_, index) => entry(from + index)), nextCursor });

  it('reads page by page as far as it is iterated', async () => {
    const agent = await agentOf({ 'GET /v1/audit': [page(1, 100, 'b'), page(101, 50)] });
    const logs = await agent.getAuditLogs({ limit: 120, offset: 10, action: 'weather.get' }).toArray();
    expect(logs.map(({ entry }) => entry.sequence)).toEqual(Array.from({ length: 120 }, (_, i) => i + 11));
    expect(logs[0]).toMatchObject({
      timestamp: '2026-01-01T00:00:00Z',
      action: 'weather.get',
      status: 'executed',
    });
    expect(queries()).toEqual([
      { action: 'weather.get', order: 'newest', limit: '100' },
      { action: 'weather.get', order: 'newest', limit: '30', cursor: 'b' },
    ]);
  });

  it('asks for no more than is used', async () => {
    const agent = await agentOf({ 'GET /v1/audit': page(1, 100, 'b') });
    for await (const log of agent.getAuditLogs({ limit: 500 })) if (log.entry.sequence === 3) break;
    expect(queries()).toHaveLength(1);
  });

  it('ends with the log, and skips past pages', async () => {
    const agent = await agentOf({ 'GET /v1/audit': [page(1, 100, 'b'), page(101, 5)] });
    const logs = await agent.getAuditLogs({ offset: 103 }).toArray();
    expect(logs.map(({ entry }) => entry.sequence)).toEqual([104, 105]);
  });

  it('takes dates, and names an entry that is no action by its event', async () => {
    const agent = await agentOf({
      'GET /v1/audit': json({ items: [entry(1, 'agent.registered', {})] }),
    });
    const [log] = await agent
      .getAuditLogs({ startDate: '2026-01-01', endDate: new Date('2026-02-01T00:00:00+01:00') })
      .toArray();
    expect(log).toMatchObject({ action: 'agent.registered', status: 'registered' });
    expect(queries()).toEqual([
      { from: '2026-01-01T00:00:00.000Z', to: '2026-01-31T23:00:00.000Z', limit: '100', order: 'newest' },
    ]);
  });

  it('refuses what is no date', async () => {
    const agent = await agentOf({});
    expect(() => agent.getAuditLogs({ startDate: 'yesterday' })).toThrow(/startDate must be a date/);
  });
});

describe('exportComplianceReport', () => {
  const answer = (rest: object) => json({ filename: 'x', mediaType: 'x', ...rest });

  it('is text as csv and bytes as pdf', async () => {
    const agent = await agentOf({
      'GET /v1/compliance/report': [
        answer({ format: 'csv', content: 'a,b\n' }),
        answer({ format: 'pdf', content: 'JVBERg==' }),
      ],
    });
    expect(await agent.exportComplianceReport({ reportType: 'gdpr', format: 'csv' })).toBe('a,b\n');
    const pdf = await agent.exportComplianceReport({ startDate: '2026-01-01', format: 'pdf' });
    expect(new TextDecoder().decode(pdf)).toBe('%PDF');
    expect(queries()).toEqual([
      { reportType: 'gdpr', format: 'csv' },
      { reportType: 'soc2', format: 'pdf', from: '2026-01-01T00:00:00.000Z' },
    ]);
  });

  it('refuses an answer without the report', async () => {
    const agent = await agentOf({ 'GET /v1/compliance/report': answer({ format: 'json' }) });
    await expect(agent.exportComplianceReport()).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
