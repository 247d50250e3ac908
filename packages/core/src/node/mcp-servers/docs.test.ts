import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { configFiles } from './config-files.ts';

const page = readFileSync(new URL('../../../../../docs/mcp-servers.md', import.meta.url), 'utf8');

it('the page names exactly the files that are read, in their order', () => {
  const host = {
    platform: 'darwin',
    home: '~',
    cwd: '<project>',
    env: {},
    readFile: () => Promise.resolve(''),
  };
  const read = configFiles(host).map(({ client, path }) => [
    client,
    path.replace('~/Library/Application Support', '<settings>'),
  ]);
  const listed = [...page.matchAll(/^\| ([a-z-]+) +\| `([<~][^`]+)` /gm)].map(([, client, path]) => [
    client,
    path,
  ]);
  expect(listed).toEqual(read);
});
