import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { routes } from '../../test-support/far-gateway.ts';
import {
  closedFrames,
  json,
  type ScriptedServer,
  startScriptedServer,
} from '../../test-support/scripted-server.ts';
import { createKeyPair, signerFromSeed } from '../identity/index.ts';
import { operationList, operations } from '../operations/index.ts';
import { createClient } from './create-client.ts';
import type { LocalContext } from './local-handlers.ts';
import type { Wallet } from './types.ts';

// sha2-256 of 'hello'.
const cid = 'bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq';
const artifact = {
  cid,
  digest: '0x2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
  mediaType: 'text/plain',
  sizeBytes: 5,
  visibility: 'workspace',
  createdAt: '2026-01-01T00:00:00Z',
};

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  server = undefined;
});

describe('the client', () => {
  it('has every operation of the registry as a method', () => {
    const client = createClient({ url: 'http://127.0.0.1:1' });
    const ids = Object.keys(operations).flatMap((noun) =>
      Object.keys(client[noun as keyof typeof operations]).map((verb) => `${noun}.${verb}`),
    );
    expect(ids.sort()).toEqual(operationList.map(({ id }) => id).sort());
  });

  it('invokes an operation by value, and streams one', async () => {
    const table = {
      'GET /v1/audit': json({ items: [] }),
      'GET /v1/approvals/watch': closedFrames('event: end\ndata: {}\n\n'),
    };
    server = await startScriptedServer(routes(table));
    const client = createClient({ url: server.url });
    expect(await client.invoke(operations.audit.list, {})).toEqual({ items: [] });
    for await (const _ of client.stream(operations.approvals.watch, {})) throw new Error('Nothing to see.');
    await expect(client.invoke(operations.approvals.watch, {})).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });
});

it('hands wallet, limits and chain to local operations', async () => {
  const wallet: Wallet = privateKeyToAccount(generatePrivateKey());
  const limits = { perJobUsdc: '5', allowedProviders: [wallet.address] };
  const chain = { rpcUrl: 'http://127.0.0.1:8545' };
  const link = vi.fn(async () => ({ wallet: wallet.address, chainAgentId: '1' }));
  const signer = signerFromSeed(createKeyPair().seed);
  const loadLocalHandlers = async () => ({ 'wallets.link': link });
  const now = () => Date.UTC(2026, 0, 1);
  const base = { url: 'http://127.0.0.1:1', signer, now, loadLocalHandlers };
  const client = createClient({ ...base, agentId: 'a-1', wallet, limits, chain });
  await client.wallets.link({}, { idempotencyKey: 'mine' });
  const context = { client, did: signer.did, agentId: 'a-1', wallet, limits, chain, idempotencyKey: 'mine' };
  expect(link).toHaveBeenCalledWith(expect.objectContaining({ ...context, grant: undefined }), {});
  const [received] = link.mock.calls[0] as unknown as [LocalContext];
  expect(received.now().toISOString()).toBe('2026-01-01T00:00:00.000Z');
});

describe('artifacts.get', () => {
  it('returns content that is what the CID names', async () => {
    const content = btoa('hello');
    server = await startScriptedServer(json({ ...artifact, content }));
    const client = createClient({ url: server.url });
    expect((await client.artifacts.get({ cid })).content).toBe(content);
  });

  it.each([
    ['other bytes', { content: btoa('hullo') }],
    ['nothing', { content: '' }],
    ['another CID', { content: btoa('hello'), cid: `bafk${'a'.repeat(55)}` }],
  ])('refuses %s', async (_, change) => {
    server = await startScriptedServer(json({ ...artifact, ...change }));
    const client = createClient({ url: server.url });
    await expect(client.artifacts.get({ cid })).rejects.toMatchObject({
      details: { reason: 'content-mismatch' },
    });
  });
});
