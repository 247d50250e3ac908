import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { loadKeyFile } from './key-files.ts';

const script = `
  import { loadOrCreateKeyFile } from ${JSON.stringify(new URL('./key-files.ts', import.meta.url).href)};
  process.stdin.once('data', async () => {
    const { keyPair, isNew } = await loadOrCreateKeyFile('racer', { directory: process.argv[1] });
    console.log(JSON.stringify({ did: keyPair.did, isNew }));
    process.stdin.destroy();
  });
  console.error('ready');
`;

test('processes that race to create an agent end with one key', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bonafide-race-'));
  try {
    const racers = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ['--input-type=module', '--eval', script, directory]),
    );
    await Promise.all(racers.map(({ stderr }) => once(stderr, 'data')));
    for (const { stdin } of racers) stdin.write('go\n');
    const outputs = await Promise.all(racers.map(({ stdout }) => text(stdout)));
    const results = outputs.map((output) => JSON.parse(output));
    const { did } = await loadKeyFile('racer', { directory });
    expect(results.map((result) => result.did)).toEqual(racers.map(() => did));
    expect(results.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(await readdir(directory)).toEqual(['racer.json']);
  } finally {
    await rm(directory, { recursive: true });
  }
});
