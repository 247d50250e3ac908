import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorkspace, type GatewayProcess, startGateway } from '@bonafide/app-kit';
import type { Deployment } from '@bonafide/contracts';
import { connect } from '@bonafide/core';
import type { OperationId } from '@bonafide/core/operations';
import { privateKeyToAddress } from 'viem/accounts';
import { type Grounds, localGrounds, type Wallets } from './grounds/local.ts';
import { publicGrounds } from './grounds/public.ts';
import type { Windows } from './scenarios/stage.ts';

/** A party of the trade: its own workspace with its own owner, its own home folder and its own wallet. */
export interface Party {
  readonly ownerToken: string;
  readonly address: `0x${string}`;
  /** What the party's process gets to know, and nothing of the others. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface PartyOptions {
  /** What the party's agents may do on their own; for all else from medium risk on they ask a person. */
  readonly routine: readonly OperationId[] | 'all';
  readonly startUsdc?: string;
}

export interface Network extends AsyncDisposable {
  readonly rpcUrl: string;
  readonly deployment: Deployment;
  readonly windows: Windows;
  /** How many times slower than on a local chain things may be. */
  readonly pace: number;
  readonly gateway: GatewayProcess;
  readonly directory: string;
  /** Makes a workspace with a funded wallet for a stranger. */
  addParty(name: string, options: PartyOptions): Promise<Party>;
  /** Lets time pass: at once where the chain can, else by waiting. */
  advance(seconds: number, why: string): Promise<void>;
}

interface NetworkOptions {
  /** Who will play; a public chain asks for all keys before anything starts. */
  readonly wallets?: Wallets;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const KEEPER = { keeper: { usdc: '0' } } as const;

/** Starts a gateway with a keeper on a chain: a local one with the contracts, or a public one with keys of the environment. */
export async function startNetwork(
  chainName = 'local',
  { wallets = {}, environment = process.env }: NetworkOptions = {},
): Promise<Network> {
  await using starting = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'bonafide-hire-'));
  starting.defer(() => rm(directory, { recursive: true, force: true }));
  const grounds = starting.use(
    await (chainName === 'local'
      ? localGrounds()
      : publicGrounds({ chainName, environment, wallets: { ...wallets, ...KEEPER } })),
  );
  const gateway = starting.use(
    await startGateway({
      directory,
      environment: {
        ...grounds.gatewayEnvironment,
        ...grounds.deploymentVariables,
        BONAFIDE_RPC_URL: grounds.rpcUrl,
        BONAFIDE_KEEPER_KEY: await grounds.walletOf('keeper', KEEPER.keeper),
      },
    }),
  );
  const stack = starting.move();
  return {
    ...grounds,
    gateway,
    directory,
    addParty: (name, options) => addParty({ grounds, gateway, directory }, { name, ...options }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

interface Parts {
  readonly grounds: Grounds;
  readonly gateway: GatewayProcess;
  readonly directory: string;
}

async function addParty(
  { grounds, gateway, directory }: Parts,
  { name, routine, startUsdc = '0' }: PartyOptions & { readonly name: string },
): Promise<Party> {
  const ownerToken = await createWorkspace(directory, name);
  const owner = connect({ url: gateway.url, token: ownerToken });
  await owner.policies.put({ cedar: routinePolicy(routine), note: 'what our agents do without asking' });
  const { secret } = await owner.tokens.create({ name: 'first agents', role: 'enrolment' });
  const walletKey = await grounds.walletOf(name, { usdc: startUsdc });
  const environment = {
    HOME: await mkdtemp(join(directory, `${name}-home-`)),
    BONAFIDE_URL: gateway.url,
    BONAFIDE_RPC_URL: grounds.rpcUrl,
    ...grounds.deploymentVariables,
    BONAFIDE_ENROLMENT_TOKEN: secret,
    BONAFIDE_WALLET_KEY: walletKey,
  };
  return { ownerToken, address: privateKeyToAddress(walletKey), environment };
}

// Names the operations one by one: what is not named, such as spending (jobs.fund), stays with a person.
function routinePolicy(operations: readonly OperationId[] | 'all'): string {
  const isRoutine =
    operations === 'all' ? '' : `when { ${JSON.stringify(operations)}.contains(resource.name) }\n`;
  return `@id("routine-work")
@reason("Routine work of this party's agents.")
permit (principal, action, resource)
${isRoutine}when { principal.trust.greaterThanOrEqual(decimal("0.5")) };`;
}
