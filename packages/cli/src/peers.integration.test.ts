import { join } from 'node:path';
import { type Agent, secure } from '@bonafide/core';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { openPeers, type Peers } from '@bonafide/p2p';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bonafide, emptyHome } from './testing/bonafide.ts';

let gateway: Gateway;
let provider: Agent;
let peers: Peers;
let home: string;

beforeAll(async () => {
  home = await emptyHome();
  gateway = await createGateway({
    database: join(home, 'gateway.db'),
    logLevel: 'silent',
    policy: 'permit (principal, action, resource);',
  });
  await gateway.listen({ port: 0 });
  await gateway.createWorkspace('default');
  provider = await secure('provider', { url: gateway.url, privateKey: '9d'.repeat(32) });
  peers = await openPeers(provider);
  const input = z.strictObject({ words: z.array(z.string()) });
  peers.provide('words.count', { description: 'Counts words', input }, async ({ args, stream }) => {
    await stream('counting');
    return { count: args.words.length };
  });
});
afterAll(async () => {
  await peers[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
});

const runJson = async (args: readonly string[]) => {
  const { code, stdout, stderr } = await bonafide([...args, '--json'], {
    home,
    env: { BONAFIDE_URL: gateway.url },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
};
const asCaller = (...args: readonly string[]) => runJson(['peers', ...args, '--agent', 'caller']);

describe('bonafide peers', () => {
  it('connects, asks and executes, each time as a process that ends', async () => {
    await runJson(['init', 'caller']);
    const { did } = provider;
    const words = '{"words":["a","b"]}';
    expect(await asCaller('connect', did)).toMatchObject({ did, state: 'connected' });
    const reply = await asCaller('send-intent', did, '--task', 'words.count', ...['--params', words]);
    expect(reply).toMatchObject({ intentId: expect.any(String), status: 'accepted' });
    const args = ['--capability', 'words.count', '--args', words, '--intent-id', reply.intentId];
    expect(await asCaller('execute', did, ...args)).toMatchObject({
      ...{ result: { count: 2 }, chunks: ['counting'] },
    });
    expect(await asCaller('list')).toEqual({ items: [] });
    expect(await asCaller('close', did)).toMatchObject({ did, state: 'closed' });
  });

  it('says how to act as an agent to who does not', async () => {
    const env = { BONAFIDE_URL: gateway.url };
    const { code, stderr } = await bonafide(['peers', 'connect', provider.did], { home, env });
    expect(code).toBe(1);
    expect(stderr).toContain('--agent NAME');
  });

  it('fails where nobody with that key takes connections', async () => {
    const { did } = await runJson(['init', 'absent']);
    const { code, stderr } = await bonafide(['peers', 'connect', did, '--agent', 'caller'], {
      home,
      env: { BONAFIDE_URL: gateway.url },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^NOT_FOUND: /);
  });
});
