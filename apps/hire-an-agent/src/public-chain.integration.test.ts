import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { recordRpc } from '@bonafide/app-kit';
import { type Deployment, formatDeployment, requireDeployment, testUsdcAbi } from '@bonafide/contracts';
import { startPublishedChain } from '@bonafide/contracts/local';
import { createState, preparePublication, runPublication } from '@bonafide/contracts/publish';
import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  type Hex,
  http,
  parseEther,
  publicActions,
} from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, it } from 'vitest';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const names = ['client', 'provider', 'validator-1', 'validator-2', 'validator-3', 'keeper'];
const variableOf = (name: string): string => `BONAFIDE_KEY_${name.toUpperCase().replaceAll('-', '_')}`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-public-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Environment = Readonly<Record<string, string>>;

async function play(environment: Environment): Promise<{ code: number; output: string }> {
  const args = ['--no-warnings', main, '--scenario', 'happy', '--chain', 'base-sepolia'];
  const env = { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1', ...environment };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

async function publish(rpcUrl: string): Promise<Deployment> {
  const account = privateKeyToAccount(generatePrivateKey());
  await giveEther(rpcUrl, account.address);
  const client = createPublicClient({ transport: http(rpcUrl), cacheTime: 0, pollingInterval: 20 });
  const administrator = '0x00000000000000000000000000000000000000A1';
  const guardian = '0x00000000000000000000000000000000000000b2';
  const parameters = { administrator, guardian, timelockSeconds: 3_600, fundShareBps: 0 } as const;
  const chain = 'base-sepolia';
  const plan = await preparePublication({ client, chain, deployer: account.address, parameters });
  const statePath = join(folder, 'state.json');
  const state = createState(statePath, plan);
  const deployment = await runPublication({ client, account, state, statePath, onCreated: () => undefined });
  // The stand-in for USDC says so in its domain; the published one on this chain says `USDC`.
  return { ...deployment, usdcName: 'USD Coin' };
}

async function giveEther(rpcUrl: string, address: Hex): Promise<void> {
  const anvil = createTestClient({ mode: 'anvil', transport: http(rpcUrl) });
  await anvil.setBalance({ address, value: parseEther('1') });
}

async function giveUsdc(rpcUrl: string, { usdc }: Deployment, key: Hex): Promise<void> {
  const account = privateKeyToAccount(key);
  const wallet = createWalletClient({ account, transport: http(rpcUrl), pollingInterval: 20 }).extend(
    publicActions,
  );
  const hash = await wallet.writeContract({
    ...{ address: usdc, abi: testUsdcAbi, functionName: 'mint', args: [account.address, 10n ** 8n] },
    chain: null,
  });
  await wallet.waitForTransactionReceipt({ hash });
}

it('says everything that is missing at once, and what to do', async () => {
  expect(await play({})).toMatchObject({
    code: 1,
    output: expect.stringMatching(/contracts deploy --chain base-sepolia.*BONAFIDE_DEPLOYMENT_FILE/),
  });
  const file = join(folder, 'elsewhere.json');
  await writeFile(file, formatDeployment(requireDeployment('local')));
  const elsewhere = { BONAFIDE_DEPLOYMENT_FILE: file };
  expect((await play(elsewhere)).output).toContain('Set BONAFIDE_RPC_URL');
  const node = { BONAFIDE_RPC_URL: 'http://127.0.0.1:1/secret-key' };
  expect((await play({ ...elsewhere, ...node })).output).toContain(
    "is about chain 31337; 'base-sepolia' is 84532",
  );
  await writeFile(file, formatDeployment({ ...requireDeployment('local'), chainId: 84_532 }));
  const away = await play({ ...elsewhere, ...node });
  expect(away.output).toContain('The node of BONAFIDE_RPC_URL does not answer.');
  expect(away.output).not.toContain('secret-key');
});

it('plays a whole job under the id of Base Sepolia, with keys and deployment of the environment', async () => {
  await using chain = await startPublishedChain('base-sepolia');
  const deployment = await publish(chain.rpcUrl);
  await using node = await recordRpc(chain.rpcUrl);
  const file = join(folder, 'deployment.json');
  await writeFile(file, formatDeployment(deployment));
  const place = { BONAFIDE_RPC_URL: node.url, BONAFIDE_DEPLOYMENT_FILE: file };
  const unset = await play(place);
  expect(unset.code).toBe(1);
  for (const name of names) expect(unset.output).toContain(`${variableOf(name)}  of a wallet with`);

  const keys = new Map(names.map((name) => [name, generatePrivateKey()]));
  const variables = Object.fromEntries([...keys].map(([name, key]) => [variableOf(name), key]));
  const poor = await play({ ...place, ...variables });
  for (const name of names) expect(poor.output).toMatch(new RegExp(`  ${name}, 0x\\w{40}, has 0 ETH`));

  for (const key of keys.values()) {
    await giveEther(chain.rpcUrl, privateKeyToAccount(key).address);
    await giveUsdc(chain.rpcUrl, deployment, key);
  }
  // As a public chain does: blocks come by themselves, and the gateway waits for two of them.
  const anvil = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) });
  await anvil.setIntervalMining({ interval: 1 });
  const { code, output } = await play({ ...place, ...variables });
  expect(output).toContain('every account changed by exactly what was expected');
  expect(code).toBe(0);
  const contracts = new Map(
    Object.entries(deployment).map(([name, value]) => [String(value).toLowerCase(), name]),
  );
  const sent = node.calls().filter(({ method }) => method === 'eth_sendRawTransaction');
  const targets = sent.map(({ to = '' }) => contracts.get(to)).sort();
  const job = ['agenticCommerce', 'agenticCommerce', 'agenticCommerce', 'court', 'court', 'court'];
  expect(targets).toEqual([...job, ...Array(5).fill('identityRegistry')]);
}, 240_000);
