import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { manifest } from '../scripts/manifest.ts';
import { parseEnvironment } from './environment.ts';

async function readJson(name: string) {
  return JSON.parse(await readFile(new URL(`../${name}`, import.meta.url), 'utf8'));
}

describe('what registries and desktop clients read', () => {
  it('server.json is about this package, at this version', async () => {
    const [server, own] = [await readJson('server.json'), await readJson('package.json')];
    expect(server.name).toBe(own.mcpName);
    expect(server.version).toBe(own.version);
    expect(server.packages).toMatchObject([{ identifier: own.name, version: own.version }]);
  });

  it('names only variables that the server takes, and keeps the secret ones secret', async () => {
    const [{ environmentVariables }] = (await readJson('server.json')).packages;
    const { server, user_config: options } = manifest() as {
      server: { mcp_config: { env: Record<string, string> } };
      user_config: Record<string, { sensitive: boolean; default: string }>;
    };
    const wanted = Object.entries(server.mcp_config.env);
    for (const name of [
      ...environmentVariables.map((each: { name: string }) => each.name),
      ...wanted.map(([each]) => each),
    ]) {
      expect(parseEnvironment({ [name]: ' ' }).problems.join()).not.toContain('is not known');
    }
    const isSecret = (name: string): boolean => /KEY|TOKEN/.test(name);
    for (const each of environmentVariables) expect(each.isSecret ?? false).toBe(isSecret(each.name));
    for (const [name, value] of wanted) {
      const option = options[/^\$\{user_config\.(\w+)\}$/.exec(value)?.[1] ?? ''];
      expect(option?.sensitive).toBe(isSecret(name));
    }
  });

  it('starts with nothing filled in', () => {
    const { server, user_config: options } = manifest() as {
      server: { mcp_config: { env: Record<string, string> } };
      user_config: Record<string, { default: string }>;
    };
    const env = Object.entries(server.mcp_config.env).map(([name, value]) => [
      name,
      options[value.slice('${user_config.'.length, -1)]?.default,
    ]);
    expect(parseEnvironment(Object.fromEntries(env)).problems).toEqual([]);
  });
});
