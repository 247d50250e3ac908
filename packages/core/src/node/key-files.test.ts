import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keyFilePath, loadKeyFile, loadOrCreateKeyFile } from './key-files.ts';

let directory: string;

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'bonafide-keys-')), 'agents');
});

afterEach(async () => {
  await rm(join(directory, '..'), { recursive: true });
});

function refusedAs(reason: string): object {
  return { code: 'VALIDATION_FAILED', details: { reason } };
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(path, 'utf8'));
}

test('makes a key once and finds it again', async () => {
  const first = await loadOrCreateKeyFile('weather-agent', { directory });
  const second = await loadOrCreateKeyFile('weather-agent', { directory });
  expect(first.isNew).toBe(true);
  expect(second).toEqual({ ...first, isNew: false });
  expect(await loadKeyFile('weather-agent', { directory })).toEqual(first.keyPair);
});

test('keeps files to their owner and leaves no drafts behind', async () => {
  const { path } = await loadOrCreateKeyFile('a', { directory });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  expect(await readdir(directory)).toEqual(['a.json']);
});

test('callers that race in one process end with one key', async () => {
  const racers = Array.from({ length: 8 }, () => loadOrCreateKeyFile('racer', { directory }));
  const files = await Promise.all(racers);
  expect(new Set(files.map(({ keyPair }) => keyPair.did)).size).toBe(1);
  expect(files.filter(({ isNew }) => isNew)).toHaveLength(1);
  expect(await readdir(directory)).toEqual(['racer.json']);
});

test('a key file that must exist is reported when it does not', async () => {
  await expect(loadKeyFile('nobody', { directory })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

describe('passphrase', () => {
  const passphrase = 'correct horse';

  test('encrypts the seed and opens it again', async () => {
    const { keyPair, path } = await loadOrCreateKeyFile('a', { directory, passphrase });
    expect(await loadKeyFile('a', { directory, passphrase })).toEqual(keyPair);
    const file = await readJson(path);
    expect(file).not.toHaveProperty('seed');
    expect(JSON.stringify(file)).not.toContain(Buffer.from(keyPair.seed).toString('base64url'));
  });

  test('may be typed in any Unicode form', async () => {
    const composed = await loadOrCreateKeyFile('a', { directory, passphrase: 'caf\u00e9' });
    expect(await loadKeyFile('a', { directory, passphrase: 'cafe\u0301' })).toEqual(composed.keyPair);
  });

  test('must be right, given when needed, and absent when not', async () => {
    await loadOrCreateKeyFile('locked', { directory, passphrase });
    await loadOrCreateKeyFile('plain', { directory });
    const wrong = loadOrCreateKeyFile('locked', { directory, passphrase: 'wrong' });
    await expect(wrong).rejects.toMatchObject(refusedAs('wrong-passphrase'));
    await expect(loadKeyFile('locked', { directory })).rejects.toMatchObject(refusedAs('passphrase-needed'));
    const needless = loadKeyFile('plain', { directory, passphrase });
    await expect(needless).rejects.toMatchObject(refusedAs('not-encrypted'));
  });

  test('an empty one is refused', async () => {
    const empty = loadOrCreateKeyFile('a', { directory, passphrase: '' });
    await expect(empty).rejects.toMatchObject(refusedAs('empty-passphrase'));
    expect(await readdir(directory).catch(() => [])).toEqual([]);
  });

  test('a planted cost that would exhaust memory is refused', async () => {
    const { path } = await loadOrCreateKeyFile('a', { directory, passphrase });
    const file = await readFile(path, 'utf8');
    await writeFile(path, file.replace('131072', String(2 ** 24)));
    await expect(loadKeyFile('a', { directory, passphrase })).rejects.toMatchObject(refusedAs('broken'));
  });
});

describe('damaged files are reported, and never touched', () => {
  const damages: [string, (text: string) => string][] = [
    ['empty', () => ''],
    ['cut off', (text) => text.slice(0, 40)],
    ['no JSON object', () => '[]'],
    ['unknown version', (text) => text.replace('"v": 1', '"v": 2')],
    ['no seed', (text) => text.replace('"seed"', '"need"')],
    ['short seed', (text) => text.replace(/"seed": ".{4}/, '"seed": "')],
    ['seed of another key', (text) => text.replace(/"seed": ".{43}/, `"seed": "${'A'.repeat(43)}`)],
    ['seed with foreign characters', (text) => text.replace(/"seed": "./, '"seed": "!')],
  ];

  test.each(damages)('%s', async (_, damage) => {
    const { path } = await loadOrCreateKeyFile('a', { directory });
    const text = damage(await readFile(path, 'utf8'));
    await writeFile(path, text);
    const loaded = loadOrCreateKeyFile('a', { directory });
    await expect(loaded).rejects.toMatchObject(refusedAs('broken'));
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  test('the error shows the path, not the contents', async () => {
    const { path, keyPair } = await loadOrCreateKeyFile('a', { directory });
    const seed = Buffer.from(keyPair.seed).toString('base64url');
    await writeFile(path, `{"seed":"${seed}"}`);
    const error: unknown = await loadKeyFile('a', { directory }).catch((reason) => reason);
    expect(String(error)).toContain(path);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error)).not.toContain(seed);
  });
});

test('what the file system refuses is told with the path', async () => {
  await mkdir(join(directory, 'a.json'), { recursive: true, mode: 0o700 });
  await expect(loadKeyFile('a', { directory })).rejects.toMatchObject(refusedAs('inaccessible'));
  const underFile = join((await loadOrCreateKeyFile('b', { directory })).path, 'agents');
  await expect(loadOrCreateKeyFile('c', { directory: underFile })).rejects.toMatchObject(
    refusedAs('inaccessible'),
  );
});

describe.skipIf(process.platform === 'win32')('permissions', () => {
  test.each([0o640, 0o604, 0o660, 0o777])('a file with mode %o is refused', async (mode) => {
    const { path } = await loadOrCreateKeyFile('a', { directory });
    await chmod(path, mode);
    await expect(loadKeyFile('a', { directory })).rejects.toMatchObject(refusedAs('permissive-mode'));
  });

  test('a directory others can write in is refused', async () => {
    await mkdir(directory, { recursive: true });
    await chmod(directory, 0o777);
    const created = loadOrCreateKeyFile('a', { directory });
    await expect(created).rejects.toMatchObject(refusedAs('permissive-mode'));
  });
});

test.each([
  '',
  '.',
  '..',
  '../a',
  'a/b',
  'a\\b',
  '/etc/passwd',
  'A',
  'a\0b',
  'a\n',
  '.hidden',
  'ä',
  'a'.repeat(64),
])('the name %j builds no path', (name) => {
  expect(() => keyFilePath(name, { directory })).toThrow(expect.objectContaining(refusedAs('bad-name')));
});
