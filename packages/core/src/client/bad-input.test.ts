import { describe, expect, it } from 'vitest';
import { createKeyPair, signerFromSeed } from '../identity/keys.ts';
import { operationList } from '../operations/registry.ts';
import { createClient } from './create-client.ts';

/** A client whose every way out is counted: nothing may be asked, signed or sent for input that does not fit. */
function createWatchedClient() {
  let calls = 0;
  const count = async (): Promise<never> => {
    calls += 1;
    throw new Error('nothing may leave for bad input');
  };
  const { did } = signerFromSeed(createKeyPair().seed);
  const client = createClient({
    url: 'http://127.0.0.1:1',
    signer: { did, sign: count },
    fetch: count,
    loadLocalHandlers: async () => ({}) as never,
  });
  return { client, calls: () => calls };
}

describe.each(operationList.map((operation) => [operation.id, operation] as const))('%s', (_, operation) => {
  it.each([
    ['an unknown field', { notAField: 1 }],
    ['no object', 'text'],
    ['a list', []],
  ])('refuses %s with the fields that are wrong, before anything leaves', async (_name, input) => {
    const { client, calls } = createWatchedClient();
    const call = async () => {
      if (operation.kind !== 'stream') return client.invoke(operation, input);
      for await (const item of client.stream(operation, input)) return item;
    };
    await expect(call()).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      issues: expect.arrayContaining([{ path: expect.any(String), message: expect.any(String) }]),
    });
    expect(calls()).toBe(0);
  });
});
