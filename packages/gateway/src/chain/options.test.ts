import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDeployment, requireDeployment } from '@bonafide/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../config/parse.ts';
import { toChainOptions } from './options.ts';

const key = `0x${'11'.repeat(32)}`;
const local = { BONAFIDE_CHAIN: 'local', BONAFIDE_RPC_URL: 'http://127.0.0.1:1' };
let folder: string;

function optionsFrom(env: Record<string, string>) {
  const { chain } = parseConfig({ ...local, ...env });
  if (!chain) throw new Error('There is no chain.');
  return toChainOptions(chain);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bonafide-options-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the keeper', () => {
  it('is off without a key', () => {
    expect(optionsFrom({}).keeper).toBeUndefined();
  });

  it('has its account from a variable or a file, and its bounds in wei', () => {
    const path = join(folder, 'keeper.key');
    writeFileSync(path, `${key.slice(2)}\n`);
    const given = optionsFrom({ BONAFIDE_KEEPER_KEY: key, BONAFIDE_KEEPER_MAX_GAS_PRICE_GWEI: '0.5' });
    expect(given.keeper).toMatchObject({ maxFeePerGas: 500_000_000n, dailyLimit: 10n ** 16n });
    const read = optionsFrom({ BONAFIDE_KEEPER_KEY_FILE: path, BONAFIDE_KEEPER_MAX_ETH_PER_DAY: '2' });
    expect(read.keeper?.account.address).toBe(given.keeper?.account.address);
    expect(read.keeper?.dailyLimit).toBe(2n * 10n ** 18n);
  });

  it.each(['0x12', 'not hex', `0x${'00'.repeat(32)}`, `0x${'ff'.repeat(32)}`])(
    'refuses the key %s without saying it',
    (bad) => {
      const attempt = () => optionsFrom({ BONAFIDE_KEEPER_KEY: bad });
      expect(attempt).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
      expect(attempt).not.toThrow(expect.objectContaining({ message: expect.stringContaining(bad) }));
    },
  );

  it.each<[string, Record<string, string>]>([
    ['two keys', { BONAFIDE_KEEPER_KEY: key, BONAFIDE_KEEPER_KEY_FILE: 'x' }],
    ['bounds without a key', { BONAFIDE_KEEPER_MAX_ETH_PER_DAY: '1' }],
    ['a bound that is no number', { BONAFIDE_KEEPER_KEY: key, BONAFIDE_KEEPER_MAX_ETH_PER_DAY: '1e3' }],
    ['a file that is not there', { BONAFIDE_KEEPER_KEY_FILE: join('nowhere', 'keeper.key') }],
  ])('refuses %s', (_, env) => {
    expect(() => optionsFrom(env)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
  });
});

describe('the index', () => {
  it('waits for as many blocks, and asks for as many at once, as is set', () => {
    const options = optionsFrom({ BONAFIDE_CONFIRMATIONS: '12', BONAFIDE_MAX_BLOCK_RANGE: '100' });
    expect(options).toMatchObject({ confirmations: 12, maxBlockRange: 100 });
    expect(() => optionsFrom({ BONAFIDE_CONFIRMATIONS: '-1' })).toThrow(/confirmations/);
    expect(() => optionsFrom({ BONAFIDE_MAX_BLOCK_RANGE: '0' })).toThrow(/maxBlockRange/);
  });
});

describe('the deployment', () => {
  it('is the published one, or refused with what to do', () => {
    expect(optionsFrom({}).deployment).toEqual(requireDeployment('local'));
    expect(() => optionsFrom({ BONAFIDE_CHAIN: 'base' })).toThrow(/contracts deploy --chain base --dry-run/);
  });

  it('is read from a file of the same chain', () => {
    const path = join(folder, 'deployment.json');
    const deployment = { ...requireDeployment('local'), chainId: 84_532, startBlock: 7n };
    writeFileSync(path, formatDeployment(deployment));
    const env = { BONAFIDE_CHAIN: 'base-sepolia', BONAFIDE_DEPLOYMENT_FILE: path };
    expect(optionsFrom(env).deployment).toEqual(deployment);
    expect(() => optionsFrom({ ...env, BONAFIDE_CHAIN: 'base' })).toThrow(/is about chain 84532/);
  });
});

it('takes the rate of wallets from the environment', () => {
  expect(optionsFrom({}).senderRate).toEqual({ burst: 250, perSecond: 10 });
  expect(optionsFrom({ BONAFIDE_RELAY_BURST: '9' }).senderRate).toEqual({ burst: 9, perSecond: 10 });
});
