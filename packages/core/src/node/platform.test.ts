import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { platform as elsewhere } from '../client/platform.ts';
import { secure } from '../client/secure.ts';
import { BonafideError } from '../errors.ts';
import { platform } from './platform.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bonafide-home-'));
  vi.stubEnv('HOME', home);
  vi.stubEnv('USERPROFILE', home);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

it('keeps one key per agent name under the home directory', async () => {
  const first = await platform.keyStore?.loadOrCreate('weather-agent');
  const again = await platform.keyStore?.loadOrCreate('weather-agent');
  const other = await platform.keyStore?.loadOrCreate('news-agent');
  expect(first?.did).toMatch(/^did:key:z6Mk/);
  expect(again?.did).toBe(first?.did);
  expect(other?.did).not.toBe(first?.did);
  expect((await stat(join(home, '.bonafide/agents/weather-agent.json'))).isFile()).toBe(true);
});

it('serves secure() by default, which refuses a bad name before it makes a file', async () => {
  await expect(secure('../evil')).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  await expect(stat(join(home, '.bonafide'))).rejects.toMatchObject({ code: 'ENOENT' });
});

it('counts payments of a wallet in a file beside the keys', async () => {
  const wallet = `0x${'A'.repeat(40)}`;
  const spendings = await platform.openSpendings?.();
  await spendings?.add({ wallet, key: '1 job 1', units: 5n, at: 2, since: 1 }, () => undefined);
  const file = join(home, '.bonafide/agents', `${wallet.toLowerCase()}.spending`);
  expect(await readFile(file, 'utf8')).toBe('{"at":2,"units":"5","key":"1 job 1"}\n');
});

it('warns through the process', async () => {
  const warned = once(process, 'warning');
  platform.warn(new BonafideError('UNAVAILABLE', 'could not be reported'));
  expect((await warned)[0]).toMatchObject({ message: 'could not be reported', code: 'UNAVAILABLE' });
});

it('has no keys elsewhere, and warns where errors go', () => {
  expect(elsewhere.keyStore).toBeUndefined();
  expect(elsewhere.openSpendings).toBeUndefined();
  const reportError = vi.fn();
  vi.stubGlobal('reportError', reportError);
  const error = new BonafideError('UNAVAILABLE', 'could not be reported');
  elsewhere.warn(error);
  vi.unstubAllGlobals();
  expect(reportError).toHaveBeenCalledWith(error);
});
