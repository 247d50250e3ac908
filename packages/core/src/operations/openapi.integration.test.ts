import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { toOpenApi } from './openapi.ts';

const redocly = join(import.meta.dirname, '../../node_modules/.bin/redocly');
const quiet = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', CI: 'true' };

async function lint(document: object): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bonafide-openapi-'));
  const path = join(directory, 'openapi.json');
  try {
    await writeFile(path, JSON.stringify(document));
    const options = { env: { ...process.env, ...quiet } };
    const { stdout, stderr } = await promisify(execFile)(redocly, ['lint', '--format=json', path], options);
    return stdout + stderr;
  } finally {
    await rm(directory, { recursive: true });
  }
}

it('satisfies Redocly, without an error or a warning', async () => {
  const output = await lint(toOpenApi({ url: 'https://gateway.bonafide.dev', version: '1.0.0' }));
  expect(output).toMatch(/"errors":\s*0/);
  expect(output).toMatch(/"warnings":\s*0/);
});

it('would fail otherwise', async () => {
  const document = toOpenApi({ url: 'https://gateway.bonafide.dev', version: '1.0.0' });
  await expect(lint({ ...document, info: {} })).rejects.toThrow();
});
