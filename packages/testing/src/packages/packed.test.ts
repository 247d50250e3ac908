import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { namesOf, operationList, selectTools } from '@bonafide/core/operations';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishedPackages, repositoryRoot, toolEntry } from '../repository.ts';
import { runOrThrow } from '../run.ts';
import { packAll, type Tarball } from './tarballs.ts';

const TESTING = join(repositoryRoot, 'packages', 'testing');

// These bring their framework as a peer, which takes time to install.
const WITH_FRAMEWORK = ['@bonafide/langchain', '@bonafide/plugin-elizaos'];

// An optional peer: the command needs none, the library needs this.
const { version: mcpVersion }: { version: string } = JSON.parse(
  readFileSync(join(TESTING, 'node_modules', '@modelcontextprotocol', 'server', 'package.json'), 'utf8'),
);

let folder: string;
let tarballs: readonly Tarball[];

function tarballOf(name: string): string {
  const tarball = tarballs.find((each) => each.name === name);
  if (!tarball) throw new Error(`${name} was not packed.`);
  return tarball.file;
}

/** Nothing of this repository: not its settings, not its modules. */
const environment = () => ({ PATH: process.env.PATH, HOME: folder, USERPROFILE: folder });

async function createProject(name: string, files: readonly string[]): Promise<string> {
  const project = join(folder, name);
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  // Nothing that is installed has to run anything for that.
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await runOrThrow('npm', ['install', ...options, ...files], { cwd: project, env: process.env });
  return project;
}

async function importIn(project: string, specifier: string): Promise<readonly string[]> {
  const code = `console.log(JSON.stringify(Object.keys(await import(${JSON.stringify(specifier)}))))`;
  const args = ['--input-type=module', '--eval', code];
  const { stdout } = await runOrThrow(process.execPath, args, { cwd: project, env: environment() });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-packed-'));
  tarballs = await packAll(folder);
}, 600_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('tarballs', () => {
  it.each(publishedPackages)('publint has nothing to say about $name', async ({ name }) => {
    const publint = toolEntry('publint', { from: TESTING });
    await runOrThrow(process.execPath, [publint, 'run', tarballOf(name), '--strict'], { cwd: folder });
  });

  it.each(publishedPackages)('the types of $name resolve', async ({ name }) => {
    const attw = toolEntry('@arethetypeswrong/cli', { binary: 'attw', from: TESTING });
    const args = [attw, tarballOf(name), '--profile', 'esm-only', '--exclude-entrypoints', 'package.json'];
    await runOrThrow(process.execPath, args, { cwd: folder });
  });
});

describe('an empty project', () => {
  const names = publishedPackages.map(({ name }) => name).filter((name) => !WITH_FRAMEWORK.includes(name));
  let project: string;

  const npx = (...args: string[]) =>
    runOrThrow('npx', ['--no-install', ...args], { cwd: project, env: environment() });

  beforeAll(async () => {
    project = await createProject('plain', names.map(tarballOf));
  }, 300_000);

  it('imports core', async () => {
    expect(await importIn(project, '@bonafide/core')).toEqual(
      expect.arrayContaining(['secure', 'connect', 'BonafideError']),
    );
  });

  it.each([
    ...['@bonafide/core/node', '@bonafide/core/identity', '@bonafide/contracts', '@bonafide/gateway'],
    '@bonafide/p2p',
  ])('imports %s', async (specifier) => {
    expect(await importIn(project, specifier)).not.toEqual([]);
  });

  it('brings WebRTC for Node', async () => {
    expect(await importIn(project, 'node-datachannel/polyfill')).toContain('RTCPeerConnection');
  });

  it('npx bonafide prints the operations', async () => {
    const { stdout } = await npx('bonafide', 'operations', '--json');
    const printed: { id: string }[] = JSON.parse(stdout);
    expect(printed.map(({ id }) => id)).toEqual(operationList.map(({ id }) => id));
  });

  it('npx bonafide-gateway explains itself', async () => {
    const { stdout, stderr } = await npx('bonafide-gateway', '--help');
    expect(stdout + stderr).toMatch(/^Usage:/);
  });

  it('bonafide-gateway starts, answers and stops', async () => {
    const settings = {
      BONAFIDE_PORT: '0',
      BONAFIDE_DATABASE: join(folder, 'gateway.db'),
      BONAFIDE_LOG_LEVEL: 'silent',
    };
    const bin = join(project, 'node_modules', '.bin', 'bonafide-gateway');
    const child = spawn(bin, [], { cwd: project, env: { ...environment(), ...settings }, stdio: 'pipe' });
    try {
      const url = await lineMatching(createInterface({ input: child.stdout }), /listening on (\S+)/);
      const health = await fetch(new URL('/health', url));
      expect(await health.json()).toEqual({ status: 'ok' });
    } finally {
      const exited = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGTERM');
      expect(await exited).toBe(0);
    }
  });

  it('npx bonafide-mcp lists its tools', async () => {
    const transport = new StdioClientTransport({
      command: 'npx',
      args: ['--no-install', 'bonafide-mcp'],
      cwd: project,
      env: environment() as Record<string, string>,
    });
    const client = new Client({ name: 'packed', version: '0.0.0' });
    await client.connect(transport);
    const { tools } = await client.listTools();
    await client.close();
    const expected = selectTools().map((operation) => namesOf(operation).tool);
    expect(tools.map(({ name }) => name).sort()).toEqual(expected.sort());
  });
});

describe('a project with the frameworks', () => {
  let project: string;

  beforeAll(async () => {
    const files = publishedPackages.map(({ name }) => tarballOf(name));
    project = await createProject('frameworks', [...files, `@modelcontextprotocol/server@${mcpVersion}`]);
  }, 300_000);

  it.each([
    ['@bonafide/langchain', 'BonafideToolkit'],
    ['@bonafide/plugin-elizaos', 'bonafidePlugin'],
    ['@bonafide/mcp', 'createMcpServer'],
  ])('imports %s', async (name, expected) => {
    expect(await importIn(project, name)).toContain(expected);
  });
});

async function lineMatching(lines: AsyncIterable<string>, pattern: RegExp): Promise<string> {
  for await (const line of lines) {
    const found = pattern.exec(line)?.[1];
    if (found) return found;
  }
  throw new Error(`It ended without saying ${pattern}.`);
}
