import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, connect } from '@bonafide/core';
import { createKeyPair, toBase64Url } from '@bonafide/core/identity';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BonafideService, bonafidePlugin } from '../src/index.ts';
import { type Conversation, type Script, startConversation } from '../src/testing/eliza.ts';

let gateway: Gateway;
let url: string;
let owner: Client;
let conversation: Conversation | undefined;

const folders: string[] = [];

const openGateway = async (options: object = {}): Promise<Gateway> => {
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-eliza-'));
  folders.push(folder);
  return createGateway({ database: join(folder, 'gateway.db'), logLevel: 'silent', ...options });
};

beforeAll(async () => {
  const policy = `@id("no-drops") @reason("Nobody drops tables here.")
    forbid (principal, action, resource == Operation::"db:drop");`;
  gateway = await openGateway({ policy });
  ({ url } = await gateway.listen({ port: 0 }));
  const { ownerToken } = await gateway.createWorkspace('default');
  owner = connect({ url, token: ownerToken });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});
afterEach(async () => {
  await conversation?.stop();
  conversation = undefined;
});

let names = 0;

interface Scene extends Partial<Script> {
  readonly settings?: Record<string, string>;
}

async function talk({ settings, ...script }: Scene): Promise<Conversation> {
  const privateKey = toBase64Url(createKeyPair().seed);
  conversation = await startConversation({
    name: `Weather Agent ${++names}`,
    plugin: bonafidePlugin,
    script: { choose: () => ['IGNORE'], extract: () => '{}', ...script },
    settings: { BONAFIDE_URL: url, BONAFIDE_PRIVATE_KEY: privateKey, ...settings },
  });
  return conversation;
}

const serviceOf = ({ runtime }: Conversation): BonafideService | null =>
  runtime.getService<BonafideService>('bonafide');

describe('the service', () => {
  it('registers the character under its own name and key', async () => {
    const agent = serviceOf(await talk({}))?.agent;
    const { items } = await owner.agents.list();
    expect(items).toContainEqual(
      expect.objectContaining({ agentId: agent?.id, did: agent?.did, name: `weather-agent-${names}` }),
    );
  });

  it('tells the model who it is', async () => {
    const { runtime } = await talk({});
    const identity = runtime.providers.find(({ name }) => name === 'BONAFIDE_IDENTITY');
    const { text } = (await identity?.get(runtime, {} as never, {} as never)) ?? {};
    expect(text).toContain(serviceOf(conversation ?? expect.fail())?.agent?.did);
    expect(text).toContain("workspace 'default'");
  });

  it('shows no secret in its results, prompts or memories', async () => {
    const secret = toBase64Url(createKeyPair().seed);
    const talking = await talk({
      choose: () => ['AGENTS_FIND'],
      extract: () => '{"capability":"csv:clean"}',
      settings: { BONAFIDE_PRIVATE_KEY: secret },
    });
    await talking.say('Find an agent that can do csv:clean');
    const memories = await talking.outcomes();
    expect(memories).toHaveLength(1);
    expect(JSON.stringify([memories, talking.prompts])).not.toContain(secret);
  });

  it('lets Eliza start without a gateway, and connects when there is one', async () => {
    await using late = await openGateway();
    const { url: free } = await late.listen({ port: 0 });
    await late[Symbol.asyncDispose]();
    const talking = await talk({ choose: () => ['AGENTS_FIND'], settings: { BONAFIDE_URL: free } });
    expect(serviceOf(talking)?.agent).toBeUndefined();
    await talking.say('Find an agent');
    await using back = await openGateway();
    await back.listen({ port: Number(new URL(free).port) });
    await talking.say('Find an agent');
    expect((await talking.outcomes()).map(({ actionResult }) => actionResult)).toMatchObject([
      { success: false, error: expect.stringMatching(/^CONNECTION_FAILED/) },
      { success: true },
    ]);
  });
});

describe('a message', () => {
  it('runs an action on the gateway', async () => {
    const talking = await talk({
      choose: () => ['ACTIONS_VERIFY'],
      extract: () => '{"action":"weather:read","resource":"Lisbon","risk":"low"}',
    });
    await talking.say('Am I allowed to run weather:read for Lisbon, at low risk?');
    const [outcome] = await talking.outcomes();
    expect(outcome).toMatchObject({
      actionStatus: 'completed',
      actionResult: { success: true, data: { output: { action: 'weather:read', status: 'approved' } } },
    });
    const { items } = await owner.actions.list({});
    expect(items).toContainEqual(expect.objectContaining({ action: 'weather:read', resource: 'Lisbon' }));
  });

  it('about the weather touches nothing', async () => {
    const talking = await talk({ choose: (offered) => offered.slice(0, 1) });
    const before = await owner.actions.list({});
    await talking.say("what's the weather");
    expect(talking.offered).toEqual([]);
    expect(await talking.outcomes()).toEqual([]);
    expect(await owner.actions.list({})).toEqual(before);
  });

  it('tells the reason of a denial', async () => {
    const talking = await talk({
      choose: () => ['ACTIONS_VERIFY'],
      extract: () => '{"action":"db:drop"}',
    });
    await talking.say('Am I allowed to run db:drop?');
    const [outcome] = await talking.outcomes();
    expect(outcome).toMatchObject({
      actionStatus: 'failed',
      actionResult: { success: false, error: 'denied: Nobody drops tables here.' },
    });
    expect(outcome?.actionResult.text).toContain('Nobody drops tables here.');
  });

  it('that needs a person is not a success before the person answered', async () => {
    const talking = await talk({
      choose: () => ['ACTIONS_VERIFY'],
      extract: () => '{"action":"db:export","risk":"high"}',
    });
    await talking.say('Am I allowed to run db:export? It is high risk.');
    const [outcome] = await talking.outcomes();
    expect(outcome?.actionResult).toMatchObject({
      success: false,
      error: expect.stringMatching(/^pending: /),
      values: { bonafide: { approvalId: expect.any(String) } },
    });
  });

  it('of a revoked agent changes nothing', async () => {
    const talking = await talk({
      choose: () => ['ACTIONS_VERIFY'],
      extract: () => '{"action":"weather:revoked"}',
    });
    const agentId = serviceOf(talking)?.agent?.id ?? expect.fail('not registered');
    await owner.agents.revoke({ agentId, reason: 'test' });
    await talking.say('Am I allowed to run weather:revoked?');
    const [outcome] = await talking.outcomes();
    expect(outcome?.actionResult).toMatchObject({ success: false, error: expect.stringMatching(/^REVOKED/) });
  });
});
