import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root folder of this repository. */
export const repositoryRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
}

export interface Package {
  readonly name: string;
  readonly folder: string;
  readonly manifest: Manifest;
}

const readManifest = (file: string): Manifest => JSON.parse(readFileSync(file, 'utf8'));

/** Every package of this repository that is published. */
export const publishedPackages: readonly Package[] = readdirSync(join(repositoryRoot, 'packages'))
  .map((name) => join(repositoryRoot, 'packages', name))
  .filter((folder) => existsSync(join(folder, 'package.json')))
  .map((folder) => ({ folder, manifest: readManifest(join(folder, 'package.json')) }))
  .filter(({ manifest }) => !manifest.private)
  .map(({ folder, manifest }) => ({ name: manifest.name, folder, manifest }));

/** The file to give to `node` for a tool, as the package in `from` resolves it. */
export function toolEntry(packageName: string, { binary = packageName, from = repositoryRoot } = {}): string {
  const resolved = createRequire(join(from, 'package.json')).resolve.paths(packageName) ?? [];
  const folder = resolved.map((path) => join(path, packageName)).find((path) => existsSync(path));
  if (!folder) throw new Error(`${packageName} is not installed.`);
  const entry = readManifest(join(folder, 'package.json')).bin?.[binary];
  if (!entry) throw new Error(`${packageName} has no command '${binary}'.`);
  return join(folder, entry);
}
