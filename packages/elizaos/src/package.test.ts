import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const file = (path: string): Buffer => readFileSync(new URL(`../${path}`, import.meta.url));
const manifest = JSON.parse(file('package.json').toString());

/** Width and height from the first frame header (SOF0 to SOF2) of a JPEG. */
function sizeOf(jpeg: Buffer): { width: number; height: number } {
  expect(jpeg.readUInt16BE(0)).toBe(0xffd8);
  let offset = 2;
  while (![0xffc0, 0xffc1, 0xffc2].includes(jpeg.readUInt16BE(offset)))
    offset += 2 + jpeg.readUInt16BE(offset + 2);
  return { height: jpeg.readUInt16BE(offset + 5), width: jpeg.readUInt16BE(offset + 7) };
}

it('has what the plugin registry asks for', () => {
  expect(manifest).toMatchObject({
    name: expect.stringMatching(/^@bonafide\/plugin-/),
    type: 'module',
    packageType: 'plugin',
    platform: 'node',
    keywords: expect.arrayContaining(['plugin', 'elizaos']),
    agentConfig: { pluginType: 'elizaos:plugin:1.0.0' },
    peerDependencies: { '@elizaos/core': expect.stringMatching(/^\^1\./) },
    files: expect.arrayContaining(['dist', 'images']),
  });
});

it('declares every setting it reads, keys and tokens as sensitive', () => {
  const { pluginParameters } = manifest.agentConfig;
  const read = file('src/settings.ts')
    .toString()
    .match(/BONAFIDE_[A-Z_]+/g);
  expect(Object.keys(pluginParameters).sort()).toEqual([...new Set(read)].sort());
  for (const [name, parameter] of Object.entries<{ description: string; sensitive: boolean }>(
    pluginParameters,
  )) {
    expect(parameter.description.length).toBeGreaterThan(20);
    expect(parameter.sensitive).toBe(/KEY|TOKEN/.test(name));
  }
});

it.each([
  ['logo', 400, 400, 500_000],
  ['banner', 1280, 640, 1_000_000],
])('has a %s of %d by %d', (name, width, height, maxBytes) => {
  const jpeg = file(`images/${name}.jpg`);
  expect(sizeOf(jpeg)).toEqual({ width, height });
  expect(jpeg.length).toBeLessThan(maxBytes);
});
