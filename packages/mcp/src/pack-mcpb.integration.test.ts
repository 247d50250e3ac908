import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackExtension } from '@anthropic-ai/mcpb';
import { expect, it } from 'vitest';
import { packMcpb } from '../scripts/pack-mcpb.ts';
import { clients } from './test-clients.ts';

it('packs a bundle that runs from where it is unpacked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-pack-'));
  try {
    await packMcpb(join(folder, 'bonafide.mcpb'));
    const outputDir = join(folder, 'unpacked');
    expect(await unpackExtension({ mcpbPath: join(folder, 'bonafide.mcpb'), outputDir, silent: true })).toBe(
      true,
    );
    const [, connect] = clients[0] ?? [];
    if (!connect) throw new Error('no client');
    await using client = await connect({
      script: join(outputDir, 'bonafide-mcp.mjs'),
      env: { HOME: folder },
    });
    expect((await client.list()).map(({ name }) => name)).toContain('jobs_create');
  } finally {
    await rm(folder, { recursive: true });
  }
});
