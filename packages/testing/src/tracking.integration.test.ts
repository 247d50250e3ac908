import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Agent, type Client, connect, type SecureOptions, secure } from '@bonafide/core';
import { createKeyPair, signerFromSeed } from '@bonafide/core/identity';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const CONSUMERS = 50;

let folder: string;
let gateway: Gateway;
let owner: Client;
let url: string;
let agent: Agent;

const signer = signerFromSeed(createKeyPair().seed);
const agentWith = (options: SecureOptions = {}): Promise<Agent> =>
  secure('worker', { url, signer, retryAttempts: 0, ...options });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-tracking-'));
  gateway = await createGateway({ database: join(folder, 'gateway.db'), port: 0, logLevel: 'silent' });
  const { ownerToken } = await gateway.createWorkspace('default');
  ({ url } = await gateway.listen());
  owner = connect({ url, token: ownerToken });
  agent = await agentWith();
});

afterEach(async () => {
  await agent[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function answer(decision: 'approve' | 'deny'): Promise<void> {
  for await (const { approvalId, parametersDigest, status } of owner.approvals.watch({})) {
    if (status !== 'pending') continue;
    await owner.approvals.decide({ approvalId, parametersDigest, decision, reason: 'As discussed.' });
    return;
  }
}

/** What became of an action, without what became of the question to a person. */
async function storyOf(action: string): Promise<string[]> {
  const logs = await agent.getAuditLogs({ action, order: 'oldest' }).toArray();
  return logs.filter(({ entry }) => entry.event.startsWith('action.')).map(({ status }) => status);
}

describe('tracked functions on a real gateway', () => {
  it('run once when a person approved, and the log has the whole story', async () => {
    const runs: number[] = [];
    const erase = agent.requireApproval({ action: 'records.erase' }, (id: number) => runs.push(id));
    const answered = answer('approve');
    expect(await erase(7)).toBe(1);
    await answered;
    expect(runs).toEqual([7]);
    expect(await storyOf('records.erase')).toEqual(['pending', 'approved', 'running', 'executed']);
  });

  it('do not run when a person denied, and the reason arrives', async () => {
    const erase = agent.requireApproval({ action: 'records.erase', risk: 'critical' }, () => 1);
    const answered = answer('deny');
    await expect(erase()).rejects.toMatchObject({
      name: 'VerificationError',
      message: expect.stringContaining('As discussed.'),
    });
    await answered;
    expect(await storyOf('records.erase')).toEqual(['pending', 'denied']);
  });

  it(`run under one approval for exactly one of ${CONSUMERS} that hold it`, async () => {
    const parameters = { id: 7 };
    const { actionId } = await agent.actions.verify({ action: 'records.erase', parameters, risk: 'high' });
    await answer('approve');
    await expect(agent.redeem({ actionId, parameters: { id: 8 } })).rejects.toMatchObject({ code: 'DENIED' });
    const results = await Promise.allSettled(
      Array.from({ length: CONSUMERS }, () => agent.redeem({ actionId, parameters })),
    );
    const [granted, ...others] = results.filter(({ status }) => status === 'fulfilled');
    expect(granted).toBeDefined();
    expect(others).toEqual([]);
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.name] : []));
    expect(new Set(refusals)).toEqual(new Set(['VerificationError']));
  });

  it('without autoVerify are in the log all the same, and nothing was decided', async () => {
    const trusting = await agentWith({ autoVerify: false });
    expect(await trusting.trackAction({ action: 'weather.get' }, (city: string) => city)('Zurich')).toBe(
      'Zurich',
    );
    expect(await storyOf('weather.get')).toEqual(['executed']);
    await trusting[Symbol.asyncDispose]();
  });

  it('of low risk run while the gateway is away where that was chosen, and are logged when it is back', async () => {
    const warnings: string[] = [];
    const stubborn = await agentWith({ onWarning: ({ code }) => warnings.push(code) });
    const read = stubborn.trackAction({ action: 'cache.read', onUnavailable: 'run' }, () => 'cached');
    const { port } = new URL(url);
    await gateway[Symbol.asyncDispose]();
    expect(await read()).toBe('cached');
    expect(warnings).toEqual(['UNAVAILABLE']);
    gateway = await createGateway({ database: join(folder, 'gateway.db'), logLevel: 'silent' });
    await gateway.listen({ port: Number(port) });
    for await (const { data } of owner.events.stream({ cursor: '0' })) {
      if (JSON.stringify(data).includes('cache.read')) break;
    }
    expect(await storyOf('cache.read')).toEqual(['executed']);
    await stubborn[Symbol.asyncDispose]();
  });
});
