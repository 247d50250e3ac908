import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root folder of this repository. */
export const repositoryRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** The file to give to `node` for a tool of the root's dependencies. */
export function toolEntry(packageName: string, binary: string): string {
  const manifestFile = createRequire(join(repositoryRoot, 'package.json')).resolve(
    `${packageName}/package.json`,
  );
  const manifest: { bin: Record<string, string> } = JSON.parse(readFileSync(manifestFile, 'utf8'));
  return join(dirname(manifestFile), manifest.bin[binary] ?? '');
}
