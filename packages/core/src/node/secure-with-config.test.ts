import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentRecord, routes } from '../../test-support/far-gateway.ts';
import {
  hangUp,
  json,
  problem,
  type ScriptedServer,
  startScriptedServer,
} from '../../test-support/scripted-server.ts';
import { secure } from '../client/secure.ts';
import { keyPairFromSeed } from '../identity/index.ts';
import { loadConfig } from './config.ts';

const seed = 'ab'.repeat(32);
const { did } = keyPairFromSeed(new Uint8Array(32).fill(0xab));

let directory: string;
let server: ScriptedServer;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bonafide-config-'));
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function configOf(lines: readonly string[]) {
  const path = join(directory, 'config.yaml');
  const own = [`url: ${server.url}`, `privateKey: ${seed}`, 'token: a-token-of-a-person', 'verifySsl: true'];
  await writeFile(path, [...own, ...lines].join('\n'));
  return loadConfig({ env: {}, path });
}

describe('secure with a loaded configuration', () => {
  it('acts with the key of the file, not with its token, and retries as often as it says', async () => {
    server = await startScriptedServer(routes({ 'POST /v1/agents': [hangUp, json(agentRecord(did))] }));
    const config = await configOf(['retryAttempts: 1', 'timeoutMs: 20000']);
    const agent = await secure('weather-agent', config);
    expect(agent.did).toBe(did);
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]?.headers.authorization).toBeUndefined();
  });

  it('gives up at once where it says so', async () => {
    server = await startScriptedServer(routes({ 'POST /v1/agents': hangUp }));
    const config = await configOf(['retryAttempts: 0']);
    await expect(secure('weather-agent', { ...config })).rejects.toMatchObject({ name: 'ConnectionError' });
    expect(server.requests).toHaveLength(1);
  });

  it('logs requests to its file, which nobody else can read and which holds no secret', async () => {
    server = await startScriptedServer(
      routes({ 'POST /v1/agents': json(agentRecord(did)), 'GET /v1/trust': problem('RATE_LIMITED', 429) }),
    );
    const logFile = join(directory, 'sdk.log');
    const agent = await secure(
      'weather-agent',
      await configOf(['debug: true', `logFile: ${logFile}`, 'retryAttempts: 0']),
    );
    await expect(agent.getTrustScore()).rejects.toMatchObject({ name: 'RateLimitError' });
    await agent[Symbol.asyncDispose]();
    const text = await readFile(logFile, 'utf8');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { level: 'debug', operation: 'agents.register', method: 'POST', path: '/v1/agents', status: 200 },
      { level: 'warn', operation: 'trust.get', status: 429 },
    ]);
    expect(text).not.toMatch(/abab|person|signature/i);
    if (process.platform !== 'win32') expect((await stat(logFile)).mode & 0o077).toBe(0);
  });

  it('logs only what is at least as grave as its level', async () => {
    server = await startScriptedServer(routes({ 'POST /v1/agents': json(agentRecord(did)) }));
    const logFile = join(directory, 'sdk.log');
    const agent = await secure('weather-agent', await configOf(['logLevel: warn', `logFile: ${logFile}`]));
    await agent[Symbol.asyncDispose]();
    expect(await readFile(logFile, 'utf8')).toBe('');
  });

  it('works all the same where the log cannot be written', async () => {
    server = await startScriptedServer(routes({ 'POST /v1/agents': json(agentRecord(did)) }));
    const logFile = join(directory, 'absent', 'sdk.log');
    const agent = await secure('weather-agent', await configOf(['debug: true', `logFile: ${logFile}`]));
    expect(agent.did).toBe(did);
    await agent[Symbol.asyncDispose]();
  });
});
