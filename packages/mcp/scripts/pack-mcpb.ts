// Packs the .mcpb bundle for desktop clients. `node scripts/pack-mcpb.ts [FILE]`.
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packExtension } from '@anthropic-ai/mcpb';
import { bundle } from './bundle.ts';
import { manifest } from './manifest.ts';

const packageFile = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** Makes the bundle at `outputPath`; throws when its manifest is not valid. */
export async function packMcpb(outputPath: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-mcpb-'));
  try {
    await bundle(folder);
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest(), null, 2));
    await copyFile(packageFile('LICENSE'), join(folder, 'LICENSE'));
    await mkdir(dirname(outputPath), { recursive: true });
    const isPacked = await packExtension({ extensionPath: folder, outputPath, silent: true });
    if (!isPacked) throw new Error('The bundle could not be packed; its manifest is not valid.');
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (import.meta.main) await packMcpb(resolve(process.argv[2] ?? packageFile('dist/bonafide.mcpb')));
