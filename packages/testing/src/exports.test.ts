import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Package, publishedPackages } from './repository.ts';

const LIST = /^export (?:type )?\{([^}]*)\}/gm;
const DECLARATION =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:class|const|function|interface|type) (\w+)/gm;

const exportedName = (item: string): string =>
  item
    .trim()
    .replace(/^type /, '')
    .split(' as ')
    .at(-1) ?? '';

/** Types included, which a look at the loaded module would miss. */
function exportsOf(source: string): readonly string[] {
  const listed = [...source.matchAll(LIST)].flatMap(([, names = '']) => names.split(',').map(exportedName));
  const declared = [...source.matchAll(DECLARATION)].map(([, name = '']) => name);
  return [...listed, ...declared].filter((name) => name !== '').sort();
}

function entriesOf({ folder, manifest }: Package): Record<string, readonly string[]> {
  const entries = Object.entries(manifest.exports ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].endsWith('.ts'),
  );
  return Object.fromEntries(
    entries.map(([path, file]) => [path, exportsOf(readFileSync(join(folder, file), 'utf8'))]),
  );
}

it.each(publishedPackages)('$name exports what it is known to export', (published) => {
  expect(entriesOf(published)).toMatchSnapshot();
});

it.each(publishedPackages)('$name re-exports nothing wholesale', ({ folder, manifest }) => {
  const files = Object.values(manifest.exports ?? {}).filter(
    (file): file is string => typeof file === 'string' && file.endsWith('.ts'),
  );
  for (const file of files) expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/^export \*/m);
});
