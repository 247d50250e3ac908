import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployments, parseDeployment } from '@bonafide/contracts';
import { type PublishedChain, startPublishedChain } from '@bonafide/contracts/local';
import { createPublicClient, createTestClient, http } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { bonafide, emptyHome } from './testing/bonafide.ts';

const owner = '0x00000000000000000000000000000000000000A1';
const guardian = '0x00000000000000000000000000000000000000b2';
let chain: PublishedChain;
let home: string;
let key: `0x${string}`;

beforeAll(async () => {
  chain = await startPublishedChain('base-sepolia');
});
afterAll(() => chain[Symbol.asyncDispose]());
beforeEach(async () => {
  home = await emptyHome();
  key = generatePrivateKey();
});

const address = () => privateKeyToAccount(key).address;
const node = () => createPublicClient({ transport: http(chain.rpcUrl), cacheTime: 0 });
const fund = (value = 10n ** 18n) =>
  createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) }).setBalance({
    address: address(),
    value,
  });
const deploy = (args: readonly string[], env: Record<string, string> = {}) =>
  bonafide(['contracts', 'deploy', '--chain', 'base-sepolia', '--rpc-url', chain.rpcUrl, ...args], {
    home,
    env,
  });
const parties = ['--owner', owner, '--guardian', guardian];

it('plans without a key, and says what was only an example', async () => {
  const { code, stdout } = await deploy(['--dry-run', '--json']);
  const plan = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(plan).toMatchObject({ chainId: 84_532, firstNonce: 0, ownerDelaySeconds: 172_800 });
  expect(plan.contracts).toHaveLength(7);
  expect(plan.notes.join(' ')).toMatch(/--from.*--owner.*--guardian.*Nothing was signed/);
});

it('plans for people, in a table', async () => {
  const { code, stdout } = await deploy(['--dry-run', '--from', owner, ...parties.slice(2)]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/costEth +0\.\d+/);
  expect(stdout).toMatch(/court +0x[0-9a-fA-F]{40}/);
});

it('creates what it planned, writes what gateways and explorers take, and does not do it twice', async () => {
  await fund();
  const env = { BONAFIDE_DEPLOYER_KEY: key };
  const plan = JSON.parse((await deploy([...parties, '--dry-run', '--json'], env)).stdout);
  expect(await node().getTransactionCount({ address: address() })).toBe(0);
  const { code, stdout, stderr } = await deploy([...parties, '--json'], env);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(`${stdout}${stderr}`).not.toContain(key.slice(2));
  const output = JSON.parse(stdout);
  const folder = join(home, 'bonafide-base-sepolia');
  const deployment = parseDeployment(readFileSync(join(folder, 'deployment.json'), 'utf8'));
  expect(deployment).toMatchObject({ chainId: 84_532, usdc: deployments['base-sepolia'].usdc });
  for (const { name, address: planned } of plan.contracts) expect(output[name]).toBe(planned);
  expect(readdirSync(join(folder, 'verification'))).toHaveLength(7);
  const court = JSON.parse(readFileSync(join(folder, 'verification', 'court.json'), 'utf8'));
  expect(court).toMatchObject({ contract: 'Court.sol:Court', address: deployment.court });
  expect(court.constructorArguments).toMatch(/^[0-9a-f]{320}$/);

  const again = await deploy(parties, env);
  expect(again).toMatchObject({ code: 1 });
  expect(again.stderr).toContain('--resume');
  const resumed = await deploy(['--resume', join(folder, 'state.json'), '--json'], env);
  expect(JSON.parse(resumed.stdout)).toEqual(output);
  expect(await node().getTransactionCount({ address: address() })).toBe(7);
}, 60_000);

it('takes the key from a file, and refuses before it sends when the ether does not reach', async () => {
  await fund(10n ** 12n);
  writeFileSync(join(home, 'key'), `${key}\n`);
  const { code, stderr } = await deploy([...parties, '--key-file', 'key']);
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('Too little ether') });
  expect(existsSync(join(home, 'bonafide-base-sepolia'))).toBe(false);
});

it.each<[string, readonly string[], RegExp]>([
  ['without key, owner and guardian', [], /key-file.*owner.*guardian/s],
  ['an owner that is no address', ['--owner', 'me', '--dry-run'], /owner: must be/],
  ['an address with a slip in it', ['--owner', guardian.replace('b', 'B'), '--dry-run'], /owner: must be/],
  ['no delay of the owner', ['--owner-delay', '0', '--dry-run'], /owner-delay: must be/],
  ['a share above half', ['--fund-share', '5001', '--dry-run'], /fund-share: must be/],
  ['the local chain', ['--chain', 'local', '--dry-run'], /`bonafide dev`/],
])('is refused: %s', async (_, args, reason) => {
  const { code, stderr } = await deploy(args);
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(reason) });
});

it('does not say the key or the node when something is wrong with them', async () => {
  const bad = await deploy(['--dry-run'], { BONAFIDE_DEPLOYER_KEY: 'zz-not-a-key' });
  expect(bad.code).toBe(2);
  expect(bad.stderr).not.toContain('zz-not-a-key');
  const away = await deploy(['--dry-run', '--rpc-url', 'http://127.0.0.1:9/secret-path']);
  expect(away.code).toBe(1);
  expect(away.stderr).not.toContain('secret-path');
}, 30_000);
