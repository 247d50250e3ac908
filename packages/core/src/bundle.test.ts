import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { describe, expect, it } from 'vitest';

const BUDGET_BYTES = 35_000;
const SESSION_BUDGET_BYTES = 50_000;

const base = {
  entryPoints: [new URL('index.ts', import.meta.url).pathname],
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2023',
  write: false,
  metafile: true,
  logLevel: 'silent',
} satisfies BuildOptions;

const withoutLazyParts: Plugin = {
  name: 'without-lazy-parts',
  setup({ onResolve }) {
    onResolve({ filter: /.*/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

/** The modules of which something is left after tree shaking. */
const modulesIn = ({ outputs }: Metafile): string[] =>
  Object.values(outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((path) => (inputs[path]?.bytesInOutput ?? 0) > 0),
  );

describe('the session entry', () => {
  const entry = { ...base, entryPoints: [new URL('session/index.ts', import.meta.url).pathname] };

  it('is at most 50 KB, minified and gzipped, without zod', async () => {
    const result = await build({ ...entry, external: ['zod'], plugins: [withoutLazyParts] });
    const [file] = result.outputFiles;
    expect(gzipSync(file?.contents ?? '', { level: 9 }).length).toBeLessThanOrEqual(SESSION_BUDGET_BYTES);
  });

  it('bundles for a browser without anything of Node', async () => {
    const { metafile } = await build({ ...entry, splitting: true, outdir: 'unused' });
    expect(
      modulesIn(metafile).filter((path) => /src\/node\/|node_modules\/(ws|undici)\//.test(path)),
    ).toEqual([]);
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    expect(imports.filter(({ external }) => external)).toEqual([]);
  });
});

describe('the main entry', () => {
  it('is at most 35 KB, minified and gzipped, without zod', async () => {
    const result = await build({ ...base, external: ['zod'], plugins: [withoutLazyParts] });
    const [file] = result.outputFiles;
    expect(gzipSync(file?.contents ?? '', { level: 9 }).length).toBeLessThanOrEqual(BUDGET_BYTES);
  });

  it('does not load viem, the contracts or tweetnacl until they are used', async () => {
    const { metafile } = await build({ ...base, plugins: [withoutLazyParts] });
    expect(
      modulesIn(metafile).filter((path) => /viem|contracts|tweetnacl|commerce|src\/session/.test(path)),
    ).toEqual([]);
  });

  it.each([
    ['browser', ['browser', 'import']],
    ['worker', ['worker', 'browser', 'import']],
  ])('bundles for a %s without anything of Node', async (_, conditions) => {
    const { metafile } = await build({ ...base, conditions, splitting: true, outdir: 'unused' });
    const modules = modulesIn(metafile);
    expect(modules.some((path) => path.endsWith('src/client/platform.ts'))).toBe(true);
    expect(modules.filter((path) => path.includes('src/node/'))).toEqual([]);
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    expect(imports.filter(({ external }) => external)).toEqual([]);
  });
});
