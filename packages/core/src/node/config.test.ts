import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ValidationError } from '../errors.ts';
import { loadConfig, parseConfig } from './config.ts';
import { Secret } from './secret.ts';

const privateKey = 'ab'.repeat(32);

function problemsOf(run: () => unknown): readonly { path: string; message: string }[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ValidationError) return error.issues;
  }
  throw new Error('Expected a ValidationError.');
}

describe('parseConfig', () => {
  it('reads the environment', () => {
    const config = parseConfig({
      HOME: '/root',
      BONAFIDE_URL: 'https://gateway.example',
      BONAFIDE_PRIVATE_KEY: privateKey,
      BONAFIDE_TIMEOUT: '2.5',
      BONAFIDE_RETRY_ATTEMPTS: '0',
      BONAFIDE_DEBUG: 'true',
      BONAFIDE_TOKEN: '',
    });
    const rest = { timeoutMs: 2500, retryAttempts: 0, debug: true };
    expect(config).toEqual({ url: 'https://gateway.example', privateKey: expect.any(Secret), ...rest });
    expect(config.privateKey?.reveal()).toBe(privateKey);
  });

  it('puts the environment over the file', () => {
    const file = { url: 'https://file.example', timeoutMs: 1 };
    expect(parseConfig({ BONAFIDE_URL: 'https://env.example' }, { file })).toEqual({
      url: 'https://env.example',
      timeoutMs: 1,
    });
  });

  it('lists all problems together, without the values', () => {
    const env = {
      BONAFIDE_URL: 'ftp://hunter2',
      BONAFIDE_PRIVATE_KEY: 'hunter2',
      BONAFIDE_TOKEN: 'hunter 2',
      BONAFIDE_WALLET_KEY: 'hunter2',
      BONAFIDE_TIMEOUT: 'hunter2',
      BONAFIDE_DEBUG: 'hunter2',
      BONAFIDE_PRIVATEKEY: 'hunter2',
    };
    const parse = () => parseConfig(env, { file: { retryAttempts: 1.5, privatKey: 'hunter2' } });
    expect(problemsOf(parse).map(({ path }) => path)).toEqual([
      'BONAFIDE_PRIVATEKEY',
      'url (BONAFIDE_URL)',
      'privateKey (BONAFIDE_PRIVATE_KEY)',
      'token (BONAFIDE_TOKEN)',
      'walletKey (BONAFIDE_WALLET_KEY)',
      'timeoutMs (BONAFIDE_TIMEOUT)',
      'retryAttempts (BONAFIDE_RETRY_ATTEMPTS)',
      'debug (BONAFIDE_DEBUG)',
      'privatKey',
    ]);
    expect(parse).toThrow(/9 problem/);
    expect(parse).not.toThrow(/hunter/);
  });

  it('suggests the name that was meant, and none where nothing is near', () => {
    const issues = problemsOf(() => parseConfig({ BONAFIDE_URI: 'x', BONAFIDE_SOMETHING_ELSE: 'x' }));
    expect(issues).toEqual([
      { path: 'BONAFIDE_URI', message: 'is not known; did you mean BONAFIDE_URL?' },
      { path: 'BONAFIDE_SOMETHING_ELSE', message: 'is not known' },
    ]);
  });

  it('knows the names that only the file has', () => {
    const file = { loglevel: 'info', retry_attempts: 3, timeout: 30 };
    expect(problemsOf(() => parseConfig({}, { file })).map(({ message }) => message)).toEqual([
      'is not known; did you mean logLevel?',
      'is not known; did you mean retryAttempts?',
      'is not known; did you mean timeoutMs?',
    ]);
  });

  it('lets the program have names of its own', () => {
    expect(parseConfig({ BONAFIDE_MODEL: 'x' }, { alsoKnown: ['BONAFIDE_MODEL'] })).toEqual({});
  });

  it('refuses a file that is no mapping', () => {
    expect(problemsOf(() => parseConfig({}, { file: ['url'] }))).toHaveLength(1);
  });
});

describe('a secret', () => {
  it('is shown by nothing but reveal', () => {
    const secret = new Secret('hunter2');
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }),
      inspect(secret),
    ];
    expect(shown.join()).not.toContain('hunter2');
    expect(secret.reveal()).toBe('hunter2');
  });
});

describe('loadConfig', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bonafide-config-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function fileWith(text: string): Promise<string> {
    const path = join(directory, 'config.yaml');
    await writeFile(path, text);
    return path;
  }

  it('reads a YAML file', async () => {
    const path = await fileWith('url: https://gateway.example\nretryAttempts: 3\n');
    expect(await loadConfig({ env: {}, path })).toEqual({ url: 'https://gateway.example', retryAttempts: 3 });
  });

  it('reads the deployment file that is named, and says which cannot be read', async () => {
    const path = await fileWith('');
    const deploymentFile = join(directory, 'deployment.json');
    await writeFile(deploymentFile, '{"chainId":84532}');
    const env = { BONAFIDE_DEPLOYMENT_FILE: deploymentFile };
    expect(await loadConfig({ env, path })).toEqual({ deploymentFile, deployment: '{"chainId":84532}' });
    await rm(deploymentFile);
    await expect(loadConfig({ env, path })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      message: expect.stringContaining(deploymentFile),
    });
  });

  it('refuses a path that was given and is absent, but takes an empty file for no settings', async () => {
    const path = join(directory, 'absent.yaml');
    await expect(loadConfig({ env: {}, path })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      message: expect.stringContaining('does not exist'),
    });
    expect(await loadConfig({ env: {}, path: await fileWith('') })).toEqual({});
  });

  it('reads every key of the file, and the environment over it', async () => {
    const path = await fileWith(
      [
        'url: https://gateway.example',
        `privateKey: ${privateKey}`,
        'timeoutMs: 30000',
        'retryAttempts: 3',
        'debug: false',
        'logLevel: INFO',
        'logFile: ~/.bonafide/sdk.log',
        'verifySsl: true',
      ].join('\n'),
    );
    const config = await loadConfig({ env: { BONAFIDE_TIMEOUT: '5' }, path });
    expect(config).toEqual({
      url: 'https://gateway.example',
      privateKey: expect.any(Secret),
      timeoutMs: 5000,
      retryAttempts: 3,
      debug: false,
      logLevel: 'info',
      logFile: '~/.bonafide/sdk.log',
      verifySsl: true,
    });
  });

  it('never turns the check of certificates off, and says what to do instead', async () => {
    const path = await fileWith('verifySsl: false\nlogLevel: loud\n');
    const error: unknown = await loadConfig({ env: {}, path }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ issues: [{ path: 'logLevel' }, { path: 'verifySsl' }] });
    expect(String(error)).toContain('tls.ca');
  });

  it('reads the environment of the process when none is given', async () => {
    vi.stubEnv('BONAFIDE_URL', 'https://process.example');
    const path = await fileWith('url: https://file.example');
    expect(await loadConfig(path)).toMatchObject({ url: 'https://process.example' });
    vi.unstubAllEnvs();
  });

  it('refuses broken YAML without quoting it', async () => {
    const path = await fileWith('privateKey: "hunter2\n');
    const error: unknown = await loadConfig({ env: {}, path }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'VALIDATION_FAILED', message: expect.stringContaining(path) });
    expect(inspect(error)).not.toContain('hunter2');
  });

  it('refuses a path that is no file', async () => {
    await expect(loadConfig({ env: {}, path: directory })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });
});
