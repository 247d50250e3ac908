import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { BonafideError } from '../../errors.ts';
import { inspect } from './inspect.ts';
import { serverProcess } from './testing/server-process.ts';

const API_KEY = 'hunter2-very-secret';
const MARKER = `bonafide-test-${process.pid}`;

/** Test servers that are still there; each test starts them with its own argument. */
function survivors(): string {
  return execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(MARKER))
    .join('\n');
}

const start = (mode: string, args: readonly string[] = []) =>
  serverProcess(mode, { args: [...args, MARKER], env: { API_KEY } });

async function failureOf(work: Promise<unknown>): Promise<BonafideError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (BonafideError.is(error)) return error;
  throw new Error(`no BonafideError: ${String(error)}`);
}

afterEach(() => expect(survivors()).toBe(''));

describe('asking a server over stdio', () => {
  it('returns its tools, its name and how it is started, without the value of a variable', async () => {
    const definition = start('good', ['--api-key', API_KEY]);
    const manifest = await inspect(definition);
    expect(manifest).toMatchObject({
      transport: { type: 'stdio', command: process.execPath, envNames: ['API_KEY'] },
      ...{ serverName: 'files', serverVersion: '1.2.3' },
      tools: [
        { name: 'read', description: 'Reads a file.', inputSchema: { type: 'object' } },
        { name: 'write', description: 'Writes a file. 😀' },
      ],
    });
    expect(JSON.stringify(manifest)).not.toContain(API_KEY);
  });

  it('starts it with what it is given and the few variables every program needs', async () => {
    process.env.BONAFIDE_TEST_SECRET = 'of the parent';
    const { tools } = await inspect(start('echo'));
    delete process.env.BONAFIDE_TEST_SECRET;
    const env = JSON.parse(tools.find(({ name }) => name === 'env')?.description ?? '{}');
    expect(env).toMatchObject({ API_KEY, PATH: process.env.PATH });
    expect(env).not.toHaveProperty('BONAFIDE_TEST_SECRET');
  });

  it.each(['greets', 'toolless', 'pages'])('copes with a server that is odd: %s', async (mode) => {
    const { tools } = await inspect(start(mode));
    expect(tools.length).toBe({ greets: 2, toolless: 0, pages: 10 }[mode]);
  });

  it.each([
    ['silent', 'TIMEOUT', 'did not answer in 1500 ms', 1500],
    ['stubborn', 'TIMEOUT', 'did not answer', 1500],
    ['garbage', 'CONNECTION_FAILED', 'no MCP message on standard output', 30_000],
    ['exits', 'CONNECTION_FAILED', 'ended with exit code 3', 30_000],
    ['flood', 'CONNECTION_FAILED', 'more than 8 MiB', 30_000],
    ['wrong', 'CONNECTION_FAILED', 'does not speak MCP', 30_000],
    ['many', 'PAYLOAD_TOO_LARGE', 'more than 500 tools', 30_000],
    ['endless', 'PAYLOAD_TOO_LARGE', 'more than 100 pages', 30_000],
    ['heavy', 'PAYLOAD_TOO_LARGE', 'more than 1 MiB', 30_000],
    ['twice', 'VALIDATION_FAILED', 'two tools of one name', 30_000],
    ['nameless', 'VALIDATION_FAILED', 'no proper name', 30_000],
    ['surrogate', 'VALIDATION_FAILED', 'no canonical JSON form', 30_000],
  ])('says what is wrong with a server that is %s', async (mode, code, message, timeoutMs) => {
    const error = await failureOf(inspect(start(mode), { timeoutMs }));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
    expect(JSON.stringify([error, error.message, error.details, String(error.cause)])).not.toContain(API_KEY);
  });

  it('shows what the server said of itself, with its secrets masked', async () => {
    const error = await failureOf(inspect(start('exits', ['--api-key', 'another-secret-1'])));
    expect(error.details.stderr).toContain('cannot start: bad key [redacted]');
    expect(JSON.stringify(error.details)).not.toContain('another-secret-1');
  });

  it.each([
    [{ command: 'no-such-command-here' }, 'no such command'],
    [{ command: '/etc/passwd' }, 'permission denied'],
    [{ cwd: '/no/such/folder' }, 'no such working folder'],
  ])('says that it cannot be started: %j', async (change, message) => {
    const error = await failureOf(inspect({ ...start('good'), ...change }));
    expect([error.code, error.message]).toEqual(['CONNECTION_FAILED', expect.stringContaining(message)]);
  });

  it('uses no shell', async () => {
    const error = await failureOf(inspect({ ...start('good'), command: `${process.execPath}; echo` }));
    expect(error.message).toContain('no such command');
  });

  it('ends what the server started itself, even what refuses to go', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bonafide-mcp-'));
    const pidFile = join(folder, 'pid');
    await inspect(serverProcess('child', { args: [pidFile, MARKER] }));
    const pid = Number(await readFile(pidFile, 'utf8'));
    expect(pid).toBeGreaterThan(0);
    expect(stateOf(pid)).toMatch(/^Z?$/);
    await rm(folder, { recursive: true });
  });

  it('ends at once when it is aborted, with the reason', async () => {
    const controller = new AbortController();
    const asked = inspect(start('silent'), { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    await expect(inspect(start('good'), { signal: controller.signal })).rejects.toThrow('enough');
  });
});

/** Empty when there is no such process; Z when it is dead and nobody has asked for it. */
function stateOf(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
