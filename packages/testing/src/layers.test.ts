import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot, toolEntry } from './repository.ts';

type Planted = readonly [file: string, statement: string];

const refused: readonly Planted[] = [
  ['core/src/errors.ts', `import { x } from './models/index.ts';`],
  ['core/src/models/planted.ts', `import { x } from '../operations/index.ts';`],
  ['core/src/models/planted.ts', `import type { X } from '../identity/keys.ts';`],
  ['core/src/models/planted.ts', `import { x } from 'node:fs';`],
  ['core/src/operations/jobs/planted.ts', `import { x } from '../../transport/http.ts';`],
  ['core/src/operations/planted.ts', `export { x } from '../client/index.ts';`],
  ['core/src/operations/planted.ts', `import { x } from '../identity/index.ts';`],
  ['core/src/identity/planted.ts', `import { x } from '../operations/index.ts';`],
  ['core/src/identity/deep/planted.ts', `import { x } from '../../client/types.ts';`],
  ['core/src/identity/planted.ts', `import { x } from 'node:crypto';`],
  ['core/src/models/planted.ts', `import { x } from '../audit/index.ts';`],
  ['core/src/identity/planted.ts', `import { x } from '../audit/tree.ts';`],
  ['core/src/operations/planted.ts', `import { x } from '../audit/index.ts';`],
  ['core/src/operations/jobs/planted.ts', `import { x } from '../../audit/tree.ts';`],
  ['core/src/transport/planted.ts', `import { x } from '../audit/index.ts';`],
  ['core/src/audit/planted.ts', `import { x } from '../operations/index.ts';`],
  ['core/src/audit/planted.ts', `import { x } from 'node:fs';`],
  ['core/src/transport/planted.ts', `import { x } from '../client/index.ts';`],
  ['core/src/transport/planted.ts', `import { x } from 'node:http';`],
  ['core/src/client/planted.ts', `import { x } from '../node/index.ts';`],
  ['core/src/client/planted.ts', `import { x } from '../commerce/index.ts';`],
  ['core/src/client/planted.ts', `export { x } from '../commerce/index.ts';`],
  ['core/src/client/planted.ts', `import '../commerce/index.ts';`],
  ['core/src/client/planted.ts', `import { x } from 'viem';`],
  ['core/src/index.ts', `import { x } from './node/index.ts';`],
  ['core/src/index.ts', `export { x } from './commerce/index.ts';`],
  ['core/src/commerce/planted.ts', `import { x } from '../transport/http.ts';`],
  ['core/src/commerce/planted.ts', `import { x } from '../client/agent.ts';`],
  ['core/src/commerce/planted.ts', `import { x } from '@bonafide/gateway';`],
  ['contracts/src/planted.ts', `import { x } from '@bonafide/core';`],
  ['langchain/src/planted.ts', `import { x } from '@bonafide/gateway';`],
  ['mcp/src/planted.ts', `import { x } from '@bonafide/langchain';`],
  ['elizaos/src/planted.ts', `import { x } from '@bonafide/contracts';`],
  ['langchain/src/planted.ts', `import { x } from '@bonafide/core/src/errors.ts';`],
  ['cli/src/planted.ts', `import { x } from '@bonafide/mcp';`],
  ['mcp/src/planted.ts', `const x = await import('@bonafide/p2p');`],
  ['p2p/src/planted.ts', `import { x } from '@bonafide/gateway';`],
  ['p2p/src/link/planted.ts', `import { x } from '@bonafide/core/src/session/types.ts';`],
  ['gateway/src/planted.ts', `import { x } from '@bonafide/p2p';`],
  ['gateway/src/planted.ts', `import { x } from '@bonafide/core';`],
  ['gateway/src/jobs/planted.ts', `const x = await import('@bonafide/core');`],
  ['gateway/src/planted.ts', `import { x } from '@bonafide/cli';`],
  ['../apps/hire-an-agent/src/planted.ts', `import { x } from '@bonafide/core/src/index.ts';`],
  ['../apps/hire-an-agent/src/planted.ts', `import { x } from '../../../packages/core/src/index.ts';`],
];

const allowed: readonly Planted[] = [
  ['core/src/models/planted.ts', `import { x } from '../errors.ts';`],
  ['core/src/operations/jobs/planted.ts', `import { x } from '../../models/common.ts';`],
  ['core/src/identity/planted.ts', `import { x } from '../models/common.ts';`],
  ['core/src/identity/backends/node.ts', `import { x } from 'node:crypto';`],
  ['core/src/operations/planted.ts', `import { x } from './audit/index.ts';`],
  ['core/src/audit/planted.ts', `import { x } from '../identity/index.ts';`],
  ['core/src/transport/planted.ts', `import { x } from '../operations/index.ts';`],
  ['core/src/client/planted.ts', `const x = await import('../commerce/index.ts');`],
  ['core/src/client/planted.ts', `import type { X } from '../commerce/index.ts';`],
  ['core/src/commerce/planted.ts', `import type { X } from '../client/types.ts';`],
  ['core/src/commerce/planted.ts', `import { x } from '@bonafide/contracts';`],
  ['core/src/node/planted.ts', `import { x } from 'node:fs';`],
  ['langchain/src/planted.ts', `import { x } from '@bonafide/core/operations';`],
  ['cli/src/planted.ts', `import { x } from '@bonafide/gateway';`],
  ['cli/src/planted.ts', `const x = await import('@bonafide/p2p');`],
  ['mcp/src/peer-network.ts', `const x = await import('@bonafide/p2p');`],
  ['p2p/src/planted.ts', `import { x } from '@bonafide/core/session';`],
  ['gateway/src/planted.ts', `import { x } from '@bonafide/core/identity';`],
  ['gateway/src/config/planted.ts', `import { x } from '@bonafide/core/node';`],
  ['../apps/hire-an-agent/src/planted.ts', `import { x } from '@bonafide/langchain';`],
];

const layerRules = ['lint/style/noRestrictedImports', 'plugin'];

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string };
}

let folder = '';

// Biome exits with 1 when it finds something; its report is on standard output either way.
async function lint(path: string): Promise<readonly string[]> {
  const args = [
    toolEntry('@biomejs/biome', { binary: 'biome' }),
    'lint',
    '--vcs-enabled=false',
    '--reporter=json',
    path,
  ];
  const stdout = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: folder }, (_error, output) => resolve(output));
  });
  const report: { diagnostics: readonly Diagnostic[] } = JSON.parse(stdout);
  return report.diagnostics.map((diagnostic) => diagnostic.category);
}

async function plant([file, statement]: Planted): Promise<readonly string[]> {
  const path = join('packages', file);
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), `${statement}\n`);
  return lint(path);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-layers-'));
  await cp(join(repositoryRoot, 'biome.json'), join(folder, 'biome.json'));
  await cp(join(repositoryRoot, 'lint'), join(folder, 'lint'), { recursive: true });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('layer rules', () => {
  it.each(refused)('refuses in %s: %s', async (...planted) => {
    const found = await plant(planted);
    expect(found.filter((category) => layerRules.includes(category))).toHaveLength(1);
  });

  it.each(allowed)('allows in %s: %s', async (...planted) => {
    const found = await plant(planted);
    expect(found.filter((category) => layerRules.includes(category))).toEqual([]);
  });
});

describe('size rules', () => {
  it('refuses a file of more than 400 lines', async () => {
    const lines = Array.from({ length: 401 }, (_, index) => `export const x${index} = ${index};`);
    expect(await plant(['core/src/long.ts', lines.join('\n')])).toContain(
      'lint/style/noExcessiveLinesPerFile',
    );
  });

  it('refuses a function of more than 60 lines', async () => {
    const body = Array.from({ length: 61 }, (_, index) => `  use(${index});`);
    const source = ['export function long(use: (n: number) => void): void {', ...body, '}'].join('\n');
    expect(await plant(['core/src/long.ts', source])).toContain(
      'lint/complexity/noExcessiveLinesPerFunction',
    );
  });

  it('refuses an import cycle', async () => {
    await plant([
      'core/src/cycle-a.ts',
      `import { b } from './cycle-b.ts';\nexport const a = (): unknown => b;`,
    ]);
    const found = await plant([
      'core/src/cycle-b.ts',
      `import { a } from './cycle-a.ts';\nexport const b = a;`,
    ]);
    expect(found).toContain('lint/suspicious/noImportCycles');
  });
});
