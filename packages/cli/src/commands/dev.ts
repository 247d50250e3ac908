import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { LocalChain } from '@bonafide/contracts/local';
import { BonafideError } from '@bonafide/core/errors';
import type { Gateway } from '@bonafide/gateway';
import { type Command, InvalidArgumentError } from 'commander';
import type { Context, GlobalOptions } from '../context.ts';
import { saveToken } from '../credentials.ts';
import { printableJson } from '../printable.ts';
import { render } from '../render.ts';

interface DevOptions extends GlobalOptions {
  readonly data: string;
  readonly port: number;
  /** False with `--no-chain`. */
  readonly chain: boolean;
}

/** What a developer needs to know about what runs. */
interface Running {
  readonly url: string;
  readonly ownerToken: string | undefined;
  readonly chain: LocalChain | undefined;
  readonly folder: string;
}

const HOST = '127.0.0.1';
const WORKSPACE = 'default';

function toPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('It must be a port, 0 to 65535.');
}

async function startChain(folder: string): Promise<LocalChain> {
  const { startLocalChain } = await import('@bonafide/contracts/local');
  try {
    return await startLocalChain({ statePath: join(folder, 'chain.json') });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'unknown reason';
    const hint = 'Try again, or leave it out with --no-chain.';
    throw new BonafideError('UNAVAILABLE', `The local chain did not start: ${reason}`, {
      cause,
      details: { hint },
    });
  }
}

/** A new wallet with gas money, so that what time makes due is called here as it is on a public chain. */
async function makeKeeper(chain: LocalChain) {
  const { generatePrivateKey, privateKeyToAccount } = await import('viem/accounts');
  const account = privateKeyToAccount(generatePrivateKey());
  await chain.faucet(account.address, { wei: 10n ** 18n });
  return account;
}

async function openGateway(folder: string, chain: LocalChain | undefined): Promise<Gateway> {
  const { createGateway } = await import('@bonafide/gateway');
  return createGateway({
    host: HOST,
    database: join(folder, 'gateway.db'),
    logLevel: 'warn',
    ...(chain && {
      chain: {
        rpcUrl: chain.rpcUrl,
        publicRpcUrl: chain.rpcUrl,
        deployment: chain.deployment,
        keeper: { account: await makeKeeper(chain) },
      },
    }),
  });
}

async function listen(gateway: Gateway, port: number): Promise<string> {
  try {
    return (await gateway.listen({ host: HOST, port })).url;
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause;
    const details = { hint: 'Another gateway may run there. Choose a port with --port, 0 for a free one.' };
    throw new BonafideError('CONFLICT', `The port ${port} is taken.`, { cause, details });
  }
}

/** The owner token of the first start, and only then. */
async function firstToken(gateway: Gateway): Promise<string | undefined> {
  try {
    return (await gateway.createWorkspace(WORKSPACE)).ownerToken;
  } catch (error) {
    if (BonafideError.is(error) && error.code === 'CONFLICT') return undefined;
    throw error;
  }
}

function factsOf({ url, ownerToken, chain, folder }: Running): Record<string, unknown> {
  const { usdc, agenticCommerce, court, identityRegistry, reputationRegistry } = chain?.deployment ?? {};
  const contracts = { usdc, agenticCommerce, court, identityRegistry, reputationRegistry };
  const known = { url, data: folder, rpcUrl: chain?.rpcUrl, ...contracts, ownerToken };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}

function nextSteps({ chain }: Running): string {
  return [
    'Try, in another terminal:',
    '  bonafide init alice --capability csv:clean --listed',
    '  bonafide agents find --agent alice',
    '  bonafide actions verify --action db:export --risk high --agent alice',
    '  bonafide approvals list --status pending',
    '  bonafide events stream',
    ...(chain ? ['  bonafide faucet 0xYOUR_WALLET'] : []),
  ].join('\n');
}

function announce(context: Context, running: Running, { json }: DevOptions): void {
  if (json) {
    context.stdout.write(`${printableJson(factsOf(running))}\n`);
    return;
  }
  const note = running.ownerToken
    ? 'The owner token is shown only now; it is kept in ~/.bonafide/credentials.json, so the commands here have it.'
    : `The owner token was shown at the first start with this data; \`bonafide login --url ${running.url}\` takes it.`;
  context.stdout.write(
    `${render(factsOf(running))}\n\n${note}\n\n${nextSteps(running)}\n\nCtrl-C stops it.\n`,
  );
}

function stopped({ signal }: Context): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));
}

async function dev(context: Context, options: DevOptions): Promise<void> {
  const folder = resolve(options.data);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (options.chain) context.stderr.write('› starting the local chain …\n');
  // Disposed in reverse: the gateway stops before the chain it follows.
  await using chain = options.chain ? await startChain(folder) : undefined;
  context.stderr.write('› starting the gateway …\n');
  await using gateway = await openGateway(folder, chain);
  const url = await listen(gateway, options.port);
  const ownerToken = await firstToken(gateway);
  if (ownerToken) await saveToken(context.home, { url, token: ownerToken });
  announce(context, { url, ownerToken, chain, folder }, options);
  await stopped(context);
  context.stderr.write('› stopping …\n');
}

/** `bonafide dev`: everything an agent needs, on this machine. */
export function addDev(program: Command, context: Context): void {
  program
    .command('dev')
    .summary('a gateway and a local chain to develop against')
    .description(
      'Starts a gateway on loopback, where anyone may register, and a local chain with all contracts and test USDC. Keeps both in the data folder.',
    )
    .option('--data <folder>', 'where the database and the chain are kept', '.bonafide')
    .option('--port <port>', 'port of the gateway, 0 for a free one', toPort, 4660)
    .option('--no-chain', 'without a local chain')
    .action((_options, command: Command) => dev(context, command.optsWithGlobals<DevOptions>()));
}
