import { describe, expect, it } from 'vitest';
import { walletFromKey } from './wallet-from-key.ts';

describe('walletFromKey', () => {
  it('gives the address that other implementations derive', async () => {
    const { address } = await walletFromKey(`0x${'0'.repeat(63)}1`);
    expect(address).toBe('0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf');
  });

  it.each(['', '0x', `0x${'0'.repeat(64)}`, `0x${'f'.repeat(64)}`, 'a'.repeat(64), `0x${'g'.repeat(64)}`])(
    'refuses %j without quoting it',
    async (key) => {
      const error: unknown = await walletFromKey(key).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'VALIDATION_FAILED', issues: [{ path: 'walletKey' }] });
      if (key.length > 2) expect(String(error) + JSON.stringify(error)).not.toContain(key);
      expect(error).not.toHaveProperty('cause');
    },
  );
});
