import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix, win32 } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../settings.ts';
import { configFiles } from './config-files.ts';
import { discover } from './discover.ts';
import { type Host, thisHost } from './host.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../../test-support/mcp-configs/${name}.txt`, import.meta.url), 'utf8');

const missing = (code: string) => Object.assign(new Error('SECRET in a message'), { code });

/** A machine with these files, on any system. */
function hostWith(
  files: Readonly<Record<string, string | Error>>,
  { platform = 'linux', env = {} }: { platform?: string; env?: Environment } = {},
): Host {
  const [home, cwd] = platform === 'win32' ? ['C:\\Users\\a', 'C:\\work'] : ['/home/a', '/work/shop'];
  return {
    ...{ platform, home, cwd, env },
    async readFile(path) {
      const file = files[path] ?? missing('ENOENT');
      if (typeof file === 'string') return file;
      throw file;
    },
  };
}

const systems = {
  linux: { home: '/home/a', settings: '/home/a/.config', cwd: '/work/shop', join: posix.join },
  darwin: {
    ...{
      home: '/home/a',
      settings: '/home/a/Library/Application Support',
      cwd: '/work/shop',
      join: posix.join,
    },
  },
  win32: {
    ...{ home: 'C:\\Users\\a', settings: 'D:\\Roaming', cwd: 'C:\\work', join: win32.join },
  },
};

describe.each(Object.entries(systems))('on %s', (platform, { home, settings, cwd, join: at }) => {
  const host = hostWith(
    {
      [at(settings, 'Claude', 'claude_desktop_config.json')]: fixture('claude_desktop_config.json'),
      [at(home, '.claude.json')]: fixture('claude.json'),
      [at(cwd, '.mcp.json')]: fixture('project.mcp.json'),
      [at(home, '.cursor', 'mcp.json')]: fixture('cursor.json'),
      [at(settings, 'Code', 'User', 'mcp.json')]: `\ufeff${fixture('vscode.json')}`,
      [at(cwd, '.vscode', 'settings.json')]: fixture('vscode-settings.json').replaceAll('\n', '\r\n'),
      [at(home, '.codeium', 'windsurf', 'mcp_config.json')]: fixture('windsurf.json'),
      [at(home, '.codex', 'config.toml')]: fixture('codex.toml'),
    },
    { platform, env: platform === 'win32' ? { APPDATA: 'D:\\Roaming' } : {} },
  );

  it('finds the servers of every client, and says what it could not use', async () => {
    const { found, problems } = await discover(host);
    expect(found.map(({ shown }) => [shown.client, shown.name, shown.project, shown.isEnabled])).toEqual([
      ['claude-desktop', 'filesystem', undefined, true],
      ['claude-desktop', 'github', undefined, true],
      ['claude-desktop', 'postgres', undefined, false],
      ['claude-code', 'sentry', undefined, true],
      ['claude-code', 'shop', '/work/shop', true],
      ['cursor', 'linear', undefined, true],
      ['cursor', 'memory', undefined, true],
      ['vscode', 'perplexity', undefined, true],
      ['vscode', 'remote', undefined, true],
      ['windsurf', 'figma', undefined, true],
      ['codex', 'docs', undefined, true],
      ['codex', 'remote', undefined, true],
      ['codex', 'off', undefined, false],
      ['claude-code', 'api', cwd, true],
      ['claude-code', 'local', cwd, true],
      ['vscode', 'older', cwd, true],
    ]);
    expect(problems.map(({ message }) => message)).toEqual([
      "The server 'no command' is without a command or a URL.",
      "The server 'not an object' is not understood: entry.",
      "The server 'bad args' is not understood: args.",
    ]);
  });

  it('shows no secret of any of them', async () => {
    const { found, problems } = await discover(host);
    expect(JSON.stringify([found.map(({ shown }) => shown), problems])).not.toContain('SECRET');
    // The fixtures do hold them, and what starts the servers keeps them.
    expect(JSON.stringify(found)).toContain('SECRET-2-env');
  });
});

it('shows how each is reached', async () => {
  const host = hostWith({
    '/home/a/.config/Claude/claude_desktop_config.json': fixture('claude_desktop_config.json'),
    '/work/shop/.mcp.json': fixture('project.mcp.json'),
    '/home/a/.codeium/windsurf/mcp_config.json': fixture('windsurf.json'),
  });
  const { found } = await discover(host);
  const transports = Object.fromEntries(found.map(({ shown }) => [shown.name, shown.transport]));
  expect(transports).toMatchObject({
    github: {
      ...{ type: 'stdio', command: 'docker', envNames: ['DEBUG', 'GITHUB_TOKEN'] },
      args: [...['run', '-i', '--rm', '-e', 'GITHUB_TOKEN=[redacted]', 'ghcr.io/github/github-mcp-server']],
    },
    postgres: { args: ['-y', 'server-postgres', 'amqp://db.test:5672/shop'] },
    api: {
      ...{ type: 'http', headerNames: ['Authorization', 'X-Fallback'] },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as in the file
      url: '${API_BASE:-[redacted]}/mcp',
    },
    figma: { type: 'http', url: 'https://mcp.figma.test/s/[redacted]/mcp' },
  });
});

describe('where files are', () => {
  it('follows the variables that move them', () => {
    const linux = configFiles(
      hostWith(
        {},
        { env: { XDG_CONFIG_HOME: '/x', CLAUDE_CONFIG_DIR: '/c', CODEX_HOME: '/k', APPDATA: '/no' } },
      ),
    ).map(({ path }) => path);
    expect(linux).toEqual(
      expect.arrayContaining(['/x/Code/User/mcp.json', '/c/.claude.json', '/k/config.toml']),
    );
    const windows = configFiles(hostWith({}, { platform: 'win32' })).map(({ path }) => path);
    expect(windows).toContain('C:\\Users\\a\\AppData\\Roaming\\Claude\\claude_desktop_config.json');
  });
});

describe('a file that cannot be used', () => {
  const good = { '/home/a/.cursor/mcp.json': fixture('cursor.json') };
  const desktop = '/home/a/.config/Claude/claude_desktop_config.json';
  const deep = `${'{"mcpServers":'.repeat(100_000)}1`;

  it.each<[string, string, string | Error, string]>([
    ['broken JSON', desktop, fixture('broken.json'), 'It is not JSON: CommaExpected in line 3.'],
    ['broken TOML', '/home/a/.codex/config.toml', fixture('broken.toml'), 'It is not TOML: line 3.'],
    ['JSON nested without end', desktop, deep, 'It is nested too deeply.'],
    ['a list', desktop, '[]', 'It is no object.'],
    ['unreadable', desktop, missing('EACCES'), 'It cannot be read: EACCES.'],
  ])('is a problem, and the others still count: %s', async (_, path, content, message) => {
    const { found, problems } = await discover(hostWith({ ...good, [path]: content }));
    expect(found).toHaveLength(2);
    expect(problems).toEqual([{ configPath: path, message }]);
  });

  it.each([
    '',
    '  \n',
    '{}',
    '{"mcpServers":null}',
    '{"mcpServers":[]}',
    '{"__proto__":{"mcpServers":{"x":{}}}}',
  ])('is nothing when it has no servers: %j', async (content) => {
    const { found, problems } = await discover(hostWith({ ...good, [desktop]: content }));
    expect([found.length, problems]).toEqual([2, []]);
  });
});

describe('one named file', () => {
  it.each(['/tmp/any.toml', '/tmp/any'])('is read in its own format: %s', async (configPath) => {
    const { found } = await discover(hostWith({ [configPath]: fixture('codex.toml') }), { configPath });
    expect(found.map(({ shown }) => [shown.client, shown.name])).toEqual([
      ...[
        ['file', 'docs'],
        ['file', 'remote'],
        ['file', 'off'],
      ],
    ]);
  });

  it('may have comments and be called anything', async () => {
    const files = { '/tmp/a': `// hello\n${fixture('vscode.json')}` };
    expect((await discover(hostWith(files), { configPath: '/tmp/a' })).found).toHaveLength(2);
  });

  it('must exist', async () => {
    await expect(discover(hostWith({}), { configPath: '/tmp/none.json' })).rejects.toMatchObject({
      ...{ code: 'NOT_FOUND', message: 'There is no file /tmp/none.json.' },
    });
  });
});

describe('real files', () => {
  let folder = '';
  const path = (name: string) => join(folder, name);
  const at = async (name: string) => discover(thisHost(), { configPath: path(name) });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bonafide-mcp-'));
    await writeFile(path('good.json'), fixture('cursor.json'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are read, through symbolic links too', async () => {
    await symlink(path('good.json'), path('link.json'));
    expect((await at('link.json')).found).toHaveLength(2);
  });

  it('are refused when they are huge, folders, pipes or loops', async () => {
    await writeFile(path('huge.json'), '{}');
    await truncate(path('huge.json'), 17 * 1024 * 1024);
    await mkdir(path('folder.json'));
    execFileSync('mkfifo', [path('pipe.json')]);
    await symlink(path('loop.json'), path('loop.json'));
    const messages = [];
    for (const name of ['huge', 'folder', 'pipe', 'loop'])
      messages.push((await at(`${name}.json`)).problems[0]?.message);
    expect(messages).toEqual([
      'It is larger than 16 MiB.',
      expect.stringMatching(/It is not a file|EISDIR/),
      'It is not a file.',
      'It cannot be read: ELOOP.',
    ]);
  });
});
