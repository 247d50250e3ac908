import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../scripts/bundle.ts';
import { clients, type Target } from './test-clients.ts';
import { version } from './version.ts';

const run = promisify(execFile);

// Nothing listens on the discard port of the loopback interface; a call fails at once instead of waiting.
const nobody = 'http://127.0.0.1:9';
const secrets = {
  BONAFIDE_PRIVATE_KEY: '9d'.repeat(32),
  BONAFIDE_ENROLMENT_TOKEN: 'enrolment-secret-4711',
  BONAFIDE_WALLET_KEY: `0x${'7e'.repeat(32)}`,
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-mcp-'));
  await bundle(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const script = (): string => join(folder, 'bonafide-mcp.mjs');
const env = (more: Record<string, string> = {}) => ({ HOME: folder, BONAFIDE_URL: nobody, ...more });
const target = (args: readonly string[] = [], more: Record<string, string> = {}): Target => ({
  script: script(),
  args,
  env: env(more),
});

describe.each(clients)('%s over stdio', (_, connect) => {
  it('lists tools while the gateway is away, and each call says so', async () => {
    await using client = await connect(target());
    const tools = await client.list();
    expect(tools.length).toBeGreaterThan(10);
    expect(tools.every(({ annotations, outputSchema }) => annotations && outputSchema)).toBe(true);
    for (const _attempt of [1, 2]) {
      const result = await client.call('agents_find', {});
      expect(result.isError).toBe(true);
      expect(result.content[0]?.text).toMatch(/^CONNECTION_FAILED: .*\nWhat to do: /);
    }
  });

  it('offers what the command line selects', async () => {
    await using client = await connect(
      target(['--toolsets', 'commerce', '--read-only', '--exclude-tools', 'jobs_get']),
    );
    const names = (await client.list()).map(({ name }) => name);
    expect(names).toContain('jobs_list');
    expect(names).not.toContain('jobs_get');
    expect(names).not.toContain('jobs_fund');
  });

  it('shows no secret, on stdout or stderr', async () => {
    await using client = await connect(target([], secrets));
    const result = await client.call('agents_find', {});
    const shown = client.stderr() + JSON.stringify([result, await client.list()]);
    for (const secret of Object.values(secrets)) expect(shown).not.toContain(secret);
    expect(client.stderr()).toContain('bonafide-mcp: cannot connect: CONNECTION_FAILED');
  });
});

describe('bonafide-mcp', () => {
  it('prints its version and its usage', async () => {
    expect((await run(process.execPath, [script(), '--version'])).stdout).toBe(`${version}\n`);
    expect((await run(process.execPath, [script(), '--help'])).stdout).toContain('--read-only');
  });

  it('refuses to start wrongly, lists everything that is wrong on stderr, and shows no value', async () => {
    const wrong = env({ BONAFIDE_PRIVATE_KEY: 'secret-key', BONAFIDE_PRIVATEKEY: 'secret-key', PATH: '' });
    const started = run(process.execPath, [script(), '--toolsets', 'money'], { env: wrong });
    const failure = await started.catch(
      (error: unknown) => error as { code: number; stdout: string; stderr: string },
    );
    expect(failure).toMatchObject({ code: 2, stdout: '' });
    expect(failure.stderr.trim().split('\n')).toEqual([
      "bonafide-mcp: There is no toolset 'money'.",
      expect.stringContaining('BONAFIDE_PRIVATE_KEY must be'),
      expect.stringContaining('BONAFIDE_PRIVATEKEY is not known'),
    ]);
    expect(failure.stderr).not.toContain('secret-key');
  });

  it('says in one line that its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const started = run(process.execPath, [script(), '--http', `${port}`], { env: env() });
    const failure = await started.catch((error: unknown) => error);
    other.close();
    expect(failure).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        new RegExp(`^bonafide-mcp: Cannot listen on 127.0.0.1:${port}: another program .*\n$`),
      ),
    });
  });

  it('carries everything it needs in its own folder', async () => {
    const sources = await readFile(join(folder, 'server', 'bin.mjs'), 'utf8');
    const imported = [...sources.matchAll(/(?:from|import\()\s*"([^",\s]+)"/g)].map(([, name = '']) => name);
    expect(imported.filter((name) => !name.startsWith('.') && !name.startsWith('node:'))).toEqual([]);
  });
});
