import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Agent,
  AuthenticationError,
  type Client,
  ConnectionError,
  connect,
  RateLimitError,
  secure,
  TimeoutError,
  VerificationError,
} from '@bonafide/core';
import { createKeyPair, signerFromSeed } from '@bonafide/core/identity';
import { explainError } from '@bonafide/core/operations';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
let gateway: Gateway;
let owner: Client;
let agent: Agent;
let url: string;
const servers: Server[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-errors-'));
  gateway = await createGateway({
    database: join(folder, 'gateway.db'),
    port: 0,
    logLevel: 'silent',
    rateLimit: { perSecond: 0.001, burst: 8 },
  });
  const { ownerToken } = await gateway.createWorkspace('default');
  ({ url } = await gateway.listen());
  owner = connect({ url, token: ownerToken });
  agent = await secure('worker', { url, signer: signerFromSeed(createKeyPair().seed), retryAttempts: 0 });
});

afterEach(async () => {
  await agent[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  for (const server of servers.splice(0)) server.close();
  await rm(folder, { recursive: true });
});

async function errorOf(run: () => Promise<unknown>): Promise<unknown> {
  return run().then(
    () => undefined,
    (error: unknown) => error,
  );
}

const request = { action: 'mail.send', parameters: { to: 'ann' } } as const;

describe('the five errors, from what really goes wrong', () => {
  it('AuthenticationError: the agent was revoked', async () => {
    await owner.agents.revoke({ agentId: agent.id, reason: 'Lost.' });
    const error = await errorOf(() => agent.verifyAction(request));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ code: 'REVOKED' });
  });

  it('AuthenticationError: a key that no gateway knows', async () => {
    const other = await createGateway({ database: join(folder, 'other.db'), port: 0, logLevel: 'silent' });
    const { url: elsewhere } = await other.listen();
    const signer = signerFromSeed(createKeyPair().seed);
    const stranger = await secure('stranger', { url: elsewhere, signer });
    const { createClient } = await import('@bonafide/core');
    const error = await errorOf(() =>
      createClient({ url, signer, agentId: stranger.id }).verifyAction(request),
    );
    expect(error).toBeInstanceOf(AuthenticationError);
    await stranger[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });

  it('VerificationError: a person denied it, and the reason arrives', async () => {
    const asking = errorOf(() => agent.authorize({ ...request, risk: 'high' }));
    for await (const { approvalId, parametersDigest, status } of owner.approvals.watch({})) {
      if (status !== 'pending') continue;
      await owner.approvals.decide({ approvalId, parametersDigest, decision: 'deny', reason: 'Not to Ann.' });
      break;
    }
    const error = await asking;
    expect(error).toBeInstanceOf(VerificationError);
    expect(error).toMatchObject({ code: 'DENIED', message: expect.stringContaining('Not to Ann.') });
  });

  it('VerificationError: nobody answered in time', async () => {
    const error = await errorOf(() => agent.authorize({ ...request, risk: 'critical' }, { timeoutMs: 300 }));
    expect(error).toBeInstanceOf(VerificationError);
    expect(error).toMatchObject({ code: 'EXPIRED', details: { actionId: expect.any(String) } });
  });

  it('ConnectionError: the gateway is away, and the message says where it was looked for', async () => {
    await gateway[Symbol.asyncDispose]();
    const error = await errorOf(() => agent.verifyAction(request));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ message: expect.stringMatching(new RegExp(`${url}.*is running.*URL`)) });
  });

  it('TimeoutError: the gateway takes the call and never answers', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    servers.push(silent);
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const options = {
      url: `http://127.0.0.1:${port}`,
      timeoutMs: 300,
      signer: signerFromSeed(createKeyPair().seed),
    };
    const error = await errorOf(() => secure('worker', options));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ details: { idempotencyKey: expect.any(String) } });
  });

  it('RateLimitError: too many calls, and it says how long to wait', async () => {
    const calls = Array.from({ length: 12 }, () => errorOf(() => agent.agents.get({ agentId: agent.id })));
    const error = (await Promise.all(calls)).find((each) => each !== undefined);
    if (!(error instanceof RateLimitError)) throw error;
    expect(error.retryAfterMs).toBeGreaterThan(0);
    expect(explainError(error)).toContain(`Retry after ${error.retryAfterMs} ms.`);
  });
});
