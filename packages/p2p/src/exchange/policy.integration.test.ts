import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Agent, type Client, connect, secure } from '@bonafide/core';
import { createKeyPair, signerFromSeed } from '@bonafide/core/identity';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { PeerIdentity } from '../connection/connector.ts';
import { createPeer, type ExchangePeer } from './create-peer.ts';
import { createOffered, type Offered } from './offered.ts';
import { createLinkedPair, type LinkedPair } from './testing/linked-pair.ts';

const PERMIT_ALL = 'permit (principal, action, resource);';
const upper = { description: 'Makes text upper case', input: z.strictObject({ text: z.string() }) };
const request = { capability: 'upper', args: { text: 'hi' } };

let folder: string;
let gateway: Gateway;
let owner: Client;
let url: string;
let requester: Agent;
let provider: Agent;
let pair: LinkedPair;
let offered: Offered;
let peer: ExchangePeer;
let now: number;
const errors: Error[] = [];

const start = (name: string): Promise<Agent> =>
  secure(name, { url, signer: signerFromSeed(createKeyPair().seed), retryAttempts: 0 });

const identityOf = ({ did, id, record }: Agent): PeerIdentity => ({
  did,
  agentId: id,
  workspace: record.workspace,
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-peers-'));
  gateway = await createGateway({ database: join(folder, 'gateway.db'), port: 0, logLevel: 'silent' });
  const { ownerToken } = await gateway.createWorkspace('default');
  ({ url } = await gateway.listen());
  owner = connect({ url, token: ownerToken });
  requester = await start('requester');
  provider = await start('provider');
  pair = createLinkedPair({ requester: identityOf(requester), provider: identityOf(provider) });
  now = Date.now();
  const onError = (error: Error): void => void errors.push(error);
  const events = { emit: () => undefined, hears: () => false, fail: onError };
  offered = createOffered({ agent: provider, onError, now: () => now });
  const nothing = createOffered({ agent: requester, onError });
  createPeer({ linked: pair.there, agent: provider, offered, events });
  peer = createPeer({ linked: pair.here, agent: requester, offered: nothing, events });
});

afterEach(async () => {
  pair[Symbol.dispose]();
  await requester[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const put = (cedar: string) => owner.policies.put({ cedar, note: 'a test of peers' });

/** What the audit log has of an action of this agent, oldest first. */
async function storyOf(agent: Agent, action: string): Promise<string[]> {
  const logs = await agent.getAuditLogs({ action, order: 'oldest' }).toArray();
  return logs.filter(({ entry }) => entry.event.startsWith('action.')).map(({ status }) => status);
}

describe('an execution on a real gateway', () => {
  it('is in the audit logs of both sides, with its outcome', async () => {
    await put(PERMIT_ALL);
    offered.provide('upper', upper, ({ args }) => args.text.toUpperCase());
    offered.provide('broken', upper, () => Promise.reject(new Error('lost')));
    expect(await peer.execute(request).result).toBe('HI');
    expect(await storyOf(requester, 'peers.execute')).toEqual(['approved', 'executed']);
    expect(await storyOf(provider, 'peers.serve:upper')).toEqual(['approved', 'executed']);
    await expect(peer.execute({ ...request, capability: 'broken' }).result).rejects.toMatchObject({
      code: 'INTERNAL',
    });
    expect(await storyOf(provider, 'peers.serve:broken')).toEqual(['approved', 'failed']);
    expect((await storyOf(requester, 'peers.execute')).slice(2)).toEqual(['approved', 'failed']);
  });

  it('does not run when a policy of the provider denies it', async () => {
    await put(`${PERMIT_ALL}
      @id("no-strangers")
      forbid (principal, action, resource)
      when { resource.name == "peers.serve:upper" && context.parameters has did }
      when { context.parameters.did == "${requester.did}" };`);
    let runs = 0;
    offered.provide('upper', upper, () => ++runs);
    await expect(peer.execute(request).result).rejects.toMatchObject({
      code: 'DENIED',
      details: { reason: 'The peer may not do this for you.' },
    });
    expect(runs).toBe(0);
    expect(await storyOf(provider, 'peers.serve:upper')).toEqual(['denied']);
    expect(await storyOf(requester, 'peers.execute')).toEqual(['approved', 'failed']);
  });

  it('is not even sent when a policy of the requester denies it', async () => {
    await put(`${PERMIT_ALL}
      @id("no-peers")
      forbid (principal, action, resource) when { resource.name == "peers.execute" };`);
    offered.provide('upper', upper, () => 1);
    await expect(peer.execute(request).result).rejects.toMatchObject({ code: 'DENIED' });
    expect(await storyOf(requester, 'peers.execute')).toEqual(['denied']);
    expect(await storyOf(provider, 'peers.serve:upper')).toEqual([]);
  });

  it('waits for a person where a policy of the provider wants one', async () => {
    await put(PERMIT_ALL);
    offered.provide('upper', { ...upper, risk: 'critical' }, ({ args }) => args.text);
    const executed = peer.execute(request).result;
    for await (const { approvalId, parametersDigest, status } of owner.approvals.watch({})) {
      if (status !== 'pending') continue;
      await owner.approvals.decide({ approvalId, parametersDigest, decision: 'approve', reason: 'Fine.' });
      break;
    }
    expect(await executed).toBe('hi');
    expect(await storyOf(provider, 'peers.serve:upper')).toEqual([
      'pending',
      'approved',
      'running',
      'executed',
    ]);
  });

  it('is over when its requester gives up while a person is asked', async () => {
    await put(PERMIT_ALL);
    let runs = 0;
    offered.provide('upper', { ...upper, risk: 'critical' }, () => ++runs);
    const execution = peer.execute(request);
    await expect.poll(() => storyOf(provider, 'peers.serve:upper')).toEqual(['pending']);
    execution.cancel('too slow');
    await expect(execution.result).rejects.toMatchObject({ message: 'Cancelled: too slow' });
    expect(runs).toBe(0);
  });

  it('is refused to an agent that was revoked, at the latest a minute later', async () => {
    await put(PERMIT_ALL);
    let runs = 0;
    offered.provide('upper', upper, () => ++runs);
    await peer.execute(request).result;
    await owner.agents.revoke({ agentId: requester.id, reason: 'a test' });
    now += 61_000;
    // Its own gateway refuses it, too: a hostile one would not ask.
    await expect(peer.execute(request).result).rejects.toMatchObject({ code: 'REVOKED' });
    const unasked = peer.executePermitted(request, {}).result;
    await expect(unasked).rejects.toMatchObject({ code: 'REVOKED', details: { from: provider.did } });
    await expect(peer.sendIntent('hello?')).rejects.toMatchObject({ code: 'REVOKED' });
    expect(runs).toBe(1);
  });
});
