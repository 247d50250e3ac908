import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, connect } from '@bonafide/core';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../repository.ts';
import { runOrThrow } from '../run.ts';
import { aimNames } from './from-aim-names.ts';
import { snippetsOf } from './snippets.ts';

const page = readFileSync(join(repositoryRoot, 'docs', 'from-aim.md'), 'utf8');
const leftColumns = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split(' | '));

describe('the table', () => {
  const names = Object.entries(aimNames).flatMap(([kind, list]) => list.map((name) => [kind, name] as const));

  it.each(names)('of %s has %s', (kind, name) => {
    // Values are the same on both sides.
    const cells = kind === 'values' ? leftColumns.flat() : leftColumns.map(([left = '']) => left);
    expect(cells.some((cell) => isNamed(cell, name))).toBe(true);
  });
});

/** As code of its own, or as words. */
function isNamed(cell: string, name: string): boolean {
  const codes = [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
  return (
    codes.some((code) => code === name || code.startsWith(`${name}(`)) ||
    cell.includes(`"${name}"`) ||
    cell === `| ${name}`
  );
}

describe('the examples', () => {
  const place = join(repositoryRoot, 'packages', 'testing', '.from-aim');
  const done = new AbortController();
  let home: string;
  let gateway: Gateway;
  let url: string;
  let approving: Promise<void>;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'bonafide-from-aim-'));
    await mkdir(place, { recursive: true });
    gateway = await createGateway({ database: join(home, 'gateway.db'), port: 0, logLevel: 'silent' });
    const { ownerToken } = await gateway.createWorkspace('default');
    ({ url } = await gateway.listen());
    approving = approveDeletions(connect({ url, token: ownerToken }), done.signal);
  });

  afterAll(async () => {
    done.abort();
    await approving;
    await gateway[Symbol.asyncDispose]();
    await rm(place, { recursive: true, force: true });
    await rm(home, { recursive: true });
  });

  it.each(snippetsOf(page).map(({ code }, index) => [index + 1, code] as const))(
    'number %i runs as printed',
    async (index, code) => {
      const file = join(place, `snippet-${index}.mjs`);
      // Node strips types but compiles no decorators.
      await writeFile(file, (await transform(code, { loader: 'ts', target: 'es2022' })).code);
      const env = { PATH: process.env.PATH, HOME: home, USERPROFILE: home, BONAFIDE_URL: url };
      const { stdout } = await runOrThrow(process.execPath, [file], { cwd: home, env });
      expect(stdout).toMatch(expected[index - 1] ?? /never/);
    },
  );
});

/** What each prints, in order. */
const expected = [
  /\{ deleted: true \} 1/,
  /Weather in San Francisco: 20°C/,
  /not allowed, or it needs an approval[\s\S]* \| fetch_weather \| executed/,
  /Found 0 MCP servers/,
  /San Francisco: 20°C/,
  /an article from notes on AI in healthcare/,
  /configured-agent/,
  /Not allowed: 'delete_database' was not permitted/,
];

async function approveDeletions(owner: Client, signal: AbortSignal): Promise<void> {
  try {
    for await (const { approvalId, parametersDigest, action, status } of owner.approvals.watch(
      {},
      { signal },
    )) {
      if (action !== 'deleteUser' || status !== 'pending') continue;
      await owner.approvals.decide({ approvalId, parametersDigest, decision: 'approve' });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
