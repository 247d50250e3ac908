import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const root = new URL('../', import.meta.url);
const manifest = JSON.parse(await readFile(new URL('package.json', root), 'utf8'));
const sources: Record<string, string> = manifest.exports;
const entries = Object.entries(sources).filter(([, path]) => path.endsWith('.ts'));

describe('the package', () => {
  it.each(entries)('exports from %s', async (_, path) => {
    const exported: object = await import(new URL(path, root).href);
    expect(Object.keys(exported).sort()).toMatchSnapshot();
  });

  it('publishes exactly the entries of the sources, built', () => {
    const { publishConfig } = manifest;
    expect(Object.keys(publishConfig.exports).sort()).toEqual(Object.keys(sources).sort());
    for (const [entry, source] of entries) {
      const built = source.replace('./src/', './dist/').replace(/\.ts$/, '');
      expect(publishConfig.exports[entry]).toEqual({ types: `${built}.d.ts`, default: `${built}.js` });
    }
    expect(publishConfig.imports['#platform']).toEqual({
      node: './dist/node/platform.js',
      default: './dist/client/platform.js',
    });
  });
});
