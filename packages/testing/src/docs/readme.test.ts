import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishedPackages, repositoryRoot, toolEntry } from '../repository.ts';
import { runOrThrow } from '../run.ts';
import { snippetsOf } from './snippets.ts';

const AMBIENT = join(import.meta.dirname, 'ambient.d.ts');
const TESTING = join(repositoryRoot, 'packages', 'testing');
const QUICK_START_LINES = 12;
const README_LINES = 60;
const PRINTED_URL = 'http://127.0.0.1:4660';

const rootReadme = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');
const documents = [
  { document: 'README.md', folder: TESTING, text: rootReadme },
  ...publishedPackages
    .filter(({ folder }) => existsSync(join(folder, 'README.md')))
    .map(({ name, folder }) => ({
      document: `README.md of ${name}`,
      folder,
      text: readFileSync(join(folder, 'README.md'), 'utf8'),
    })),
];
const pages = readdirSync(join(repositoryRoot, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({
    document: `docs/${name}`,
    folder: TESTING,
    text: readFileSync(join(repositoryRoot, 'docs', name), 'utf8'),
  }));
const withSnippets = [...documents, ...pages].filter(({ text }) => snippetsOf(text).length > 0);

interface Document {
  readonly document: string;
  readonly text: string;
}

/** Beside a package's sources, so that imports resolve as in a project that has it; all in one go, which is most of the time. */
async function typecheck(folder: string, documents: readonly Document[]): Promise<void> {
  const place = join(folder, '.snippets');
  await mkdir(place, { recursive: true });
  try {
    const files = await Promise.all(documents.flatMap((each) => writeSnippets(place, each)));
    // A copy, because its types must be those this package sees.
    const ambient = join(place, 'ambient.d.ts');
    await copyFile(AMBIENT, ambient);
    const config = join(place, 'tsconfig.json');
    const compilerOptions = { rootDir: repositoryRoot, noUnusedLocals: false };
    await writeFile(
      config,
      JSON.stringify({
        extends: '../tsconfig.json',
        compilerOptions,
        include: [],
        files: [...files, ambient],
      }),
    );
    const tsc = toolEntry('typescript', { binary: 'tsc' });
    await runOrThrow(process.execPath, [tsc, '--noEmit', '-p', config], { cwd: folder });
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** Named so that an error of the compiler says which snippet of which page it is in. */
function writeSnippets(place: string, { document, text }: Document): Promise<string>[] {
  const page = document.replaceAll(/[^\w.]+/g, '-');
  return snippetsOf(text).map(async ({ code }, index) => {
    const file = join(place, `${page}-snippet-${index + 1}.ts`);
    await writeFile(file, `${code}\nexport {};\n`);
    return file;
  });
}

describe('documentation', () => {
  it.each(publishedPackages)('$name has a README of at most 60 lines', async ({ folder }) => {
    const text = await readFile(join(folder, 'README.md'), 'utf8');
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(README_LINES);
  });

  it.each([...Map.groupBy(withSnippets, ({ folder }) => folder)])(
    'the TypeScript of the pages that see the packages of %s compiles',
    (folder, documents) => typecheck(folder, documents),
  );

  it('AGENTS.md has at most 120 lines, and CLAUDE.md points to it', async () => {
    const agents = await readFile(join(repositoryRoot, 'AGENTS.md'), 'utf8');
    expect(agents.trimEnd().split('\n').length).toBeLessThanOrEqual(120);
    expect(await readFile(join(repositoryRoot, 'CLAUDE.md'), 'utf8')).toBe('@AGENTS.md\n');
  });
});

describe('quick start', () => {
  const [quickStart] = snippetsOf(rootReadme);
  let folder: string;
  let gateway: Gateway;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bonafide-docs-'));
    gateway = await createGateway({ database: join(folder, 'gateway.db'), logLevel: 'silent' });
    ({ url } = await gateway.listen({ port: 0 }));
  });

  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it('has at most 12 lines', () => {
    expect(quickStart?.code.trimEnd().split('\n').length).toBeLessThanOrEqual(QUICK_START_LINES);
  });

  it('runs as printed against a gateway', async () => {
    const printed = quickStart?.code ?? '';
    expect(printed).toContain(PRINTED_URL);
    const file = join(TESTING, '.quick-start.ts');
    await writeFile(file, printed.replace(PRINTED_URL, url));
    try {
      const env = { PATH: process.env.PATH, HOME: folder, USERPROFILE: folder };
      const { stdout } = await runOrThrow(process.execPath, [file], { cwd: TESTING, env });
      expect(stdout).toMatch(/did:key:z6Mk\w+/);
      expect(stdout).toContain('action.approved');
    } finally {
      await rm(file, { force: true });
    }
  });
});
