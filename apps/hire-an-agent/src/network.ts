import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorkspace, type GatewayProcess, startGateway } from '@bonafide/app-kit';
import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { connect } from '@bonafide/core';
import { parseUsdc } from '@bonafide/core/models';
import type { OperationId } from '@bonafide/core/operations';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';

const START_ETHER_WEI = 10n ** 18n;

/** A party of the trade: its own workspace with its own owner, its own home folder and its own wallet. */
export interface Party {
  readonly ownerToken: string;
  readonly address: `0x${string}`;
  /** What the party's process gets to know, and nothing of the others. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface PartyOptions {
  /** What the party's agents may do on their own; for all else from medium risk on they ask a person. */
  readonly routine: readonly OperationId[];
  readonly startUsdc?: string;
}

export interface Network extends AsyncDisposable {
  readonly chain: LocalChain;
  readonly gateway: GatewayProcess;
  readonly directory: string;
  /** Makes a workspace with a funded wallet for a stranger. */
  addParty(name: string, options: PartyOptions): Promise<Party>;
}

/** Starts a local chain with the contracts and a gateway on it, both on free loopback ports and in a temporary folder. */
export async function startNetwork(): Promise<Network> {
  const directory = await mkdtemp(join(tmpdir(), 'bonafide-hire-'));
  const chain = await startLocalChain();
  const gateway = await startGateway({
    directory,
    environment: { BONAFIDE_CHAIN: 'local', BONAFIDE_RPC_URL: chain.rpcUrl },
  });
  return {
    chain,
    gateway,
    directory,
    addParty: (name, options) => addParty({ chain, gateway, directory }, { name, ...options }),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await chain[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

type Parts = Pick<Network, 'chain' | 'gateway' | 'directory'>;

async function addParty(
  { chain, gateway, directory }: Parts,
  { name, routine, startUsdc = '0' }: PartyOptions & { readonly name: string },
): Promise<Party> {
  const ownerToken = await createWorkspace(directory, name);
  const owner = connect({ url: gateway.url, token: ownerToken });
  await owner.policies.put({ cedar: routinePolicy(routine), note: 'what our agents do without asking' });
  const { secret } = await owner.tokens.create({ name: 'first agents', role: 'enrolment' });
  const walletKey = generatePrivateKey();
  const address = privateKeyToAddress(walletKey);
  await chain.faucet(address, { wei: START_ETHER_WEI, usdcUnits: parseUsdc(startUsdc) });
  const environment = {
    HOME: await mkdtemp(join(directory, `${name}-home-`)),
    BONAFIDE_URL: gateway.url,
    BONAFIDE_RPC_URL: chain.rpcUrl,
    BONAFIDE_ENROLMENT_TOKEN: secret,
    BONAFIDE_WALLET_KEY: walletKey,
  };
  return { ownerToken, address, environment };
}

// Names the operations one by one: spending (jobs.fund) is not among them, so it stays with a person.
function routinePolicy(operations: readonly OperationId[]): string {
  return `@id("routine-work")
@reason("Routine work of this party's agents.")
permit (principal, action, resource)
when { ${JSON.stringify(operations)}.contains(resource.name) }
when { principal.trust.greaterThanOrEqual(decimal("0.5")) };`;
}
