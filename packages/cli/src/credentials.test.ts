import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { credentialsPath, loadToken, saveToken } from './credentials.ts';
import { emptyHome } from './testing/bonafide.ts';

const local = 'http://127.0.0.1:4660';

async function homeWith(text: string, mode = 0o600): Promise<string> {
  const home = await emptyHome();
  await mkdir(dirname(credentialsPath(home)));
  await writeFile(credentialsPath(home), text);
  await chmod(credentialsPath(home), mode);
  return home;
}

it('keeps one token per gateway, for its owner only', async () => {
  const home = await emptyHome();
  await saveToken(home, { url: local, token: 'one' });
  await saveToken(home, { url: 'https://gateway.example/v1', token: 'two' });
  const path = await saveToken(home, { url: `${local}/`, token: 'three' });
  expect(await loadToken(home, local)).toBe('three');
  expect(await loadToken(home, 'https://gateway.example')).toBe('two');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
});

it('has no token for a gateway it does not know', async () => {
  const home = await emptyHome();
  expect(await loadToken(home, local)).toBeUndefined();
  await saveToken(home, { url: local, token: 'one' });
  expect(await loadToken(home, 'http://127.0.0.1:4661')).toBeUndefined();
  expect(await loadToken(home, 'https://127.0.0.1:4660')).toBeUndefined();
});

it('refuses a file that others can read, and leaves it', async () => {
  const text = '{"version":1,"gateways":{}}';
  const home = await homeWith(text, 0o644);
  await expect(loadToken(home, local)).rejects.toThrow('can be read by others');
  await expect(saveToken(home, { url: local, token: 'one' })).rejects.toThrow('can be read by others');
  expect(await readFile(credentialsPath(home), 'utf8')).toBe(text);
});

it.each(['', '{', '[]', '{"version":2,"gateways":{}}', '{"version":1,"gateways":{"x":{"token":5}}}'])(
  'refuses %j without quoting it',
  async (text) => {
    const home = await homeWith(text);
    const error: Error = await loadToken(home, local).then(
      () => expect.fail('was taken'),
      (each) => each,
    );
    expect(error.message).toMatch(/is not a credentials file/);
    expect(error.cause).toBeUndefined();
  },
);
