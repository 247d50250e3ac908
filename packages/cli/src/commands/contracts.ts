import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Deployment } from '@bonafide/contracts';
import type { PublishParameters, PublishPlan, PublishState } from '@bonafide/contracts/publish';
import { BonafideError } from '@bonafide/core/errors';
import type { Command } from 'commander';
import type { PublicClient } from 'viem';
import type { Context, GlobalOptions } from '../context.ts';
import { printableJson } from '../printable.ts';
import { render } from '../render.ts';
import { type DeployFlags, type DeploySettings, readSettings } from './deploy-options.ts';

/** Stand for accounts that a dry run was not told. */
const EXAMPLES = {
  from: '0x00000000000000000000000000000000000de901',
  owner: '0x0000000000000000000000000000000000000a11',
  guardian: '0x0000000000000000000000000000000000000b22',
} as const;
/** Prices rise between the plan and the last creation. */
const RESERVE = { numerator: 13n, denominator: 10n };

interface Tools {
  readonly publish: typeof import('@bonafide/contracts/publish');
  readonly viem: typeof import('viem');
  readonly accounts: typeof import('viem/accounts');
  readonly contracts: typeof import('@bonafide/contracts');
}

interface Deploying {
  readonly context: Context;
  readonly flags: DeployFlags;
  readonly settings: DeploySettings;
  readonly tools: Tools;
  readonly client: PublicClient;
}

async function deploy(context: Context, flags: DeployFlags): Promise<void> {
  const settings = await readSettings(context, flags);
  const [publish, viem, accounts, contracts] = await Promise.all([
    import('@bonafide/contracts/publish'),
    import('viem'),
    import('viem/accounts'),
    import('@bonafide/contracts'),
  ]);
  const client = viem.createPublicClient({
    transport: viem.http(settings.rpcUrl, { timeout: 20_000 }),
    cacheTime: 0,
    pollingInterval: 500,
  });
  const deploying = { context, flags, settings, client, tools: { publish, viem, accounts, contracts } };
  try {
    await (flags.dryRun ? showPlan(deploying) : run(deploying));
  } catch (cause) {
    throw explained(cause, { contracts, viem });
  }
}

// Not the library's message: it holds the address of the node, and that may hold a key.
function explained(cause: unknown, { contracts, viem }: Pick<Tools, 'contracts' | 'viem'>): unknown {
  if (cause instanceof contracts.ContractsError)
    return new BonafideError('CONFLICT', cause.message, { cause });
  if (!(cause instanceof viem.BaseError)) return cause;
  const [reason = ''] = cause.shortMessage.split('\n');
  return new BonafideError('UNAVAILABLE', `The chain node did not do it: ${reason}`, { cause });
}

async function prepare(deploying: Deploying): Promise<PublishPlan> {
  const { settings, tools, client } = deploying;
  const { chain, key, ownerDelaySeconds: timelockSeconds, fundShareBps } = settings;
  const own = key && tools.accounts.privateKeyToAccount(key).address;
  const parameters: PublishParameters = {
    administrator: settings.owner ?? EXAMPLES.owner,
    guardian: settings.guardian ?? EXAMPLES.guardian,
    ...{ timelockSeconds, fundShareBps },
  };
  const deployer = own ?? settings.from ?? EXAMPLES.from;
  return tools.publish.preparePublication({ client, chain, deployer, parameters });
}

async function showPlan(deploying: Deploying): Promise<void> {
  const { context, flags, settings, tools } = deploying;
  const plan = await prepare(deploying);
  const notes = [
    ...(settings.key || settings.from
      ? []
      : ['The deployer is an example: --from or a key gives the addresses.']),
    ...(settings.owner ? [] : ['The owner is an example: the real run needs --owner.']),
    ...(settings.guardian ? [] : ['The guardian is an example: the real run needs --guardian.']),
    'The fee of a rollup for the chain below it comes on top of the cost.',
    'Nothing was signed or sent.',
  ];
  const facts = factsOf(plan, tools);
  if (flags.json) {
    context.stdout.write(`${printableJson({ ...facts, contracts: contractsOf(plan), notes })}\n`);
    return;
  }
  const parts = [render(facts), render({ items: contractsOf(plan) }), notes.join('\n')];
  context.stdout.write(`${parts.join('\n\n')}\n`);
}

function factsOf(plan: PublishPlan, { viem }: Tools): Record<string, unknown> {
  const { chain, chainId, deployer, firstNonce, parameters, gas, gasPrice, cost, balance } = plan;
  const { administrator, guardian, timelockSeconds, fundShareBps } = parameters;
  return {
    ...{ chain, chainId, deployer, firstNonce, owner: administrator, guardian },
    ...{ ownerDelaySeconds: timelockSeconds, fundShareBps },
    ...{ gas: String(gas), gasPriceGwei: viem.formatGwei(gasPrice) },
    ...{ costEth: viem.formatEther(cost), balanceEth: viem.formatEther(balance) },
  };
}

function contractsOf({ creations }: PublishPlan): Record<string, unknown>[] {
  return creations.map(({ name, address, nonce, gas }) => ({ name, address, nonce, gas: String(gas) }));
}

async function run(deploying: Deploying): Promise<void> {
  const { context, flags, settings, tools, client } = deploying;
  const { statePath, state } = await begin(deploying);
  if (!settings.key) return;
  const deployment = await tools.publish.runPublication({
    ...{ client, account: tools.accounts.privateKeyToAccount(settings.key), state, statePath },
    onCreated({ creation: { name, address }, transactionHash }) {
      context.stderr.write(`› ${name} ${address} ${transactionHash ?? '(was there)'}\n`);
    },
  });
  const files = await writeFiles(deploying, { state, deployment, folder: dirname(statePath) });
  const output = { ...deployment, startBlock: String(deployment.startBlock), ...files };
  const next = `A gateway takes it with BONAFIDE_CHAIN=${state.chain} BONAFIDE_DEPLOYMENT_FILE=${files.deploymentFile}`;
  context.stdout.write(flags.json ? `${printableJson(output)}\n` : `${render(output)}\n\n${next}\n`);
}

/** The state of a new deployment that can be paid, or of one under way. */
async function begin(deploying: Deploying): Promise<{ statePath: string; state: PublishState }> {
  const { flags, settings, tools } = deploying;
  if (flags.resume !== undefined) {
    const statePath = resolve(flags.resume);
    const state = tools.publish.readState(statePath);
    if (state.chain === settings.chain) return { statePath, state };
    throw new BonafideError(
      'VALIDATION_FAILED',
      `${statePath} is of ${state.chain}, not of ${settings.chain}.`,
    );
  }
  const plan = await prepare(deploying);
  const needed = (plan.cost * RESERVE.numerator) / RESERVE.denominator;
  if (plan.balance < needed) {
    const { formatEther } = tools.viem;
    const facts = `${plan.deployer} has ${formatEther(plan.balance)} ETH and should have ${formatEther(needed)}`;
    throw new BonafideError('CONFLICT', `Too little ether: ${facts}.`);
  }
  const folder = resolve(flags.out ?? `bonafide-${settings.chain}`);
  await mkdir(folder, { recursive: true });
  const statePath = join(folder, 'state.json');
  return { statePath, state: tools.publish.createState(statePath, plan) };
}

interface Written {
  readonly state: PublishState;
  readonly deployment: Deployment;
  readonly folder: string;
}

async function writeFiles(
  { tools }: Deploying,
  { state, deployment, folder }: Written,
): Promise<{ deploymentFile: string; verificationFolder: string }> {
  const { publish, contracts } = tools;
  const deploymentFile = join(folder, 'deployment.json');
  const verificationFolder = join(folder, 'verification');
  await mkdir(verificationFolder, { recursive: true });
  await writeFile(deploymentFile, contracts.formatDeployment(deployment));
  for (const creation of publish.planCreations(state, state.firstNonce)) {
    const input = JSON.stringify(publish.verificationOf(creation), undefined, 2);
    await writeFile(join(verificationFolder, `${creation.name}.json`), `${input}\n`);
  }
  return { deploymentFile, verificationFolder };
}

/** `bonafide contracts deploy`: the contracts on a public chain. */
export function addContracts(program: Command, context: Context): void {
  program
    .command('contracts')
    .summary('deploy')
    .description('The contracts on public chains.')
    .command('deploy')
    .summary('create all contracts on a public chain')
    .description(
      'Plans, prices and creates all contracts, reads back how they are wired, and writes a deployment file for gateways and verification inputs for block explorers. --dry-run only plans. The key comes from --key-file or BONAFIDE_DEPLOYER_KEY.',
    )
    .requiredOption('--chain <name>', 'base-sepolia or base')
    .option('--rpc-url <url>', 'node (default: BONAFIDE_RPC_URL, else the public one of the chain)')
    .option('--key-file <path>', 'file with the private key of the deployer, in hex')
    .option('--from <address>', 'deployer of a dry run without a key')
    .option('--owner <address>', 'who may propose to the timelock that owns kernel and treasury')
    .option('--guardian <address>', 'who may pause the kernel, and nothing else')
    .option('--owner-delay <seconds>', 'how long what the owner proposes waits', '172800')
    .option('--fund-share <bps>', "the arbitration fund's share of what the treasury takes in", '2000')
    .option('--out <folder>', 'where the files go (default: bonafide-CHAIN)')
    .option('--resume <file>', 'go on with the state.json of a deployment that stopped')
    .option('--dry-run', 'show addresses, gas and cost; sign and send nothing')
    .action((_options, command: Command) =>
      deploy(context, command.optsWithGlobals<DeployFlags & GlobalOptions>()),
    );
}
