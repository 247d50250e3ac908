import { describe, expect, it } from 'vitest';
import { formatDeployment, parseDeployment, requireDeployment } from './index.ts';

const local = requireDeployment('local');
const without = (change: object) => JSON.stringify({ ...JSON.parse(formatDeployment(local)), ...change });

describe('a deployment file', () => {
  it('gives back what was written', () => {
    expect(parseDeployment(formatDeployment(local))).toEqual(local);
    const { validationRegistry, ...published } = local;
    expect(parseDeployment(formatDeployment(published))).toEqual(published);
  });

  it('leaves out what it does not know', () => {
    expect(parseDeployment(without({ comment: 'x' }))).toEqual(local);
  });

  it.each<[string, string]>([
    ['no JSON', 'it must be'],
    ['null', 'it must be'],
    ['[]', 'it must be'],
    [without({ chainId: '84532' }), 'chainId'],
    [without({ chainId: 0 }), 'chainId'],
    [without({ usdcName: undefined }), 'usdcName'],
    [without({ startBlock: 5 }), 'startBlock'],
    [without({ startBlock: '-1' }), 'startBlock'],
    [without({ court: undefined }), 'court'],
    [without({ court: null }), 'court'],
    [without({ usdc: `0x${'0'.repeat(40)}` }), 'usdc'],
    [without({ treasury: local.treasury.replace('a', 'A') }), 'treasury'],
    [without({ validationRegistry: '0x' }), 'validationRegistry'],
  ])('is refused: %s', (text, reason) => {
    expect(() => parseDeployment(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_DEPLOYMENT', message: expect.stringContaining(reason) }),
    );
  });
});
