import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Package, publishedPackages, repositoryRoot, toolEntry } from '../repository.ts';
import { runOrThrow } from '../run.ts';

export interface Tarball extends Package {
  readonly file: string;
}

async function pack({ name, folder, manifest }: Package, destination: string): Promise<Tarball> {
  const target = join(destination, name.replaceAll(/[@/]/g, '-'));
  await mkdir(target);
  await runOrThrow('pnpm', ['pack', '--pack-destination', target], { cwd: folder });
  const [file = ''] = await readdir(target);
  return { name, folder, manifest, file: join(target, file) };
}

/** Builds every published package and packs it as `pnpm publish` would. */
export async function packAll(destination: string): Promise<readonly Tarball[]> {
  const turbo = toolEntry('turbo');
  await runOrThrow(process.execPath, [turbo, 'run', 'build'], { cwd: repositoryRoot });
  const tarballs: Tarball[] = [];
  for (const published of publishedPackages) tarballs.push(await pack(published, destination));
  return tarballs;
}
