import { afterEach, expect, it } from 'vitest';
import { json, type ScriptedServer, startScriptedServer } from '../../test-support/scripted-server.ts';
import { createKeyPair, signerFromSeed } from '../identity/index.ts';
import { secure } from './secure.ts';

let server: ScriptedServer;
afterEach(() => server[Symbol.asyncDispose]());
const signer = signerFromSeed(createKeyPair().seed);
const record = {
  agentId: crypto.randomUUID(),
  did: signer.did,
  name: 'weather-agent',
  agentType: 'ai_agent',
  description: '',
  capabilities: [],
  status: 'active',
  isListed: false,
  workspace: 'default',
  previousDids: [],
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
};

it('registers', async () => {
  server = await startScriptedServer(json(record));
  const agent = await secure('weather-agent', { url: server.url, signer });
  expect(agent).toMatchObject({ id: record.agentId, did: signer.did, name: 'weather-agent' });
  await agent[Symbol.asyncDispose]();
  await expect(agent.agents.get({ agentId: agent.id })).rejects.toThrow('was closed');
});
